// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.host.Errno;

/**
 * The list of the drivers, and the ways to open a node.
 *
 * <p>Options are spelt as in QMP {@code blockdev-add}, in a flat map ({@code cache.direct}) or with
 * objects in it. All drivers take {@code driver}, {@code node-name}, {@code discard},
 * {@code detect-zeroes}, {@code read-only}, {@code cache.direct} and {@code cache.no-flush}. Those
 * with a child take {@code file}: the name of an open node, or the options of one to open for it,
 * which is closed with its parent, lets discards through unless told otherwise, and takes read-only
 * and cache options from its parent.
 */
public final class DriverRegistry {
    /** A node that can be opened: every option was there, known and of the right type. */
    @FunctionalInterface
    private interface Plan {
        BlockNode open() throws BlockException;
    }

    /** Takes a driver's own options out. */
    @FunctionalInterface
    private interface Parser {
        Plan parse(QmpOptions options, Common common) throws BlockException;
    }

    private record Driver(String name, Parser parser) {
    }

    /** What all drivers are given. */
    private record Common(NodeOptions node, boolean direct, NodeLookup nodes) {
    }

    /** Puts a node above its child. */
    @FunctionalInterface
    private interface Stacker {
        BlockNode above(BlockNode child, boolean ownsChild) throws BlockException;
    }

    private static final List<Driver> DRIVERS = List.of(
            new Driver("file", DriverRegistry::file),
            new Driver("raw", DriverRegistry::raw),
            new Driver("memory", DriverRegistry::memory),
            new Driver("throttle", DriverRegistry::throttle),
            new Driver("fault", DriverRegistry::fault));

    private static final AtomicInteger GENERATED = new AtomicInteger();

    private DriverRegistry() {
    }

    /** The names of the drivers, as {@code driver} takes them. */
    public static List<String> names() {
        return DRIVERS.stream().map(Driver::name).toList();
    }

    /**
     * Opens a node and the children that come with it.
     *
     * @param options as QMP has them; strings, booleans, numbers and maps of these
     * @param nodes   finds the open nodes that {@code file} may name
     * @throws BlockException EINVAL with the text of QMP for an option that is missing, unknown, of
     *         the wrong type or value, otherwise as the driver's open; nothing stays open
     */
    public static BlockNode open(Map<String, ?> options, NodeLookup nodes) throws BlockException {
        return plan(QmpOptions.of(options), null, nodes).open();
    }

    /**
     * Opens a raw image: a {@code raw} node over a {@code file} node that it owns.
     *
     * @param options of the raw node; the file node takes over read-only and no-flush, and lets
     *                discards through
     * @param direct  {@code cache.direct} of the file node
     * @throws BlockException as {@link FileNode#open}
     */
    public static RawNode open(Path path, NodeOptions options, boolean direct)
            throws BlockException {
        options.checked();
        NodeOptions file = FilterNode.transparent(generatedName())
                .withReadOnly(options.readOnly())
                .withNoFlush(options.noFlush());
        return new RawNode(options, FileNode.open(path, file, direct), true);
    }

    private static Plan plan(QmpOptions options, Common parent, NodeLookup nodes)
            throws BlockException {
        Driver driver = driver(options);
        NodeOptions node = options.takeNodeOptions(parent == null ? null : parent.node(),
                parent == null ? null : generatedName());
        boolean direct = options.takeBoolean("cache.direct", parent != null && parent.direct());
        Plan plan = driver.parser().parse(options, new Common(node, direct, nodes));
        options.refuseRest();
        if (node.nodeName() == null) {
            throw BlockException.refused("'node-name' must be specified for the root node");
        }
        node.checked();
        return plan;
    }

    private static Driver driver(QmpOptions options) throws BlockException {
        String name = options.takeString("driver");
        for (Driver driver : DRIVERS) {
            if (driver.name().equals(name)) {
                return driver;
            }
        }
        throw options.notAccepted("driver", name);
    }

    private static Plan file(QmpOptions options, Common common) throws BlockException {
        String filename = options.takeString("filename");
        return () -> {
            if (filename.isEmpty()) {
                throw BlockException.refused("The 'file' block driver requires a file name");
            }
            return FileNode.open(path(filename), common.node(), common.direct());
        };
    }

    private static Path path(String filename) throws BlockException {
        try {
            return Path.of(filename);
        } catch (InvalidPathException e) {
            throw new BlockException(Errno.EINVAL,
                    "Could not open '" + filename + "': " + Errno.EINVAL.text(), e);
        }
    }

    private static Plan raw(QmpOptions options, Common common) throws BlockException {
        return stacked(options, common,
                (child, owns) -> new RawNode(common.node(), child, owns));
    }

    private static Plan memory(QmpOptions options, Common common) throws BlockException {
        long size = options.takeLong("size");
        return () -> new MemoryNode(common.node(), size);
    }

    private static Plan throttle(QmpOptions options, Common common) throws BlockException {
        long rate = options.takeLong("bps-total", 0);
        long latency = options.takeLong("latency-ns", 0);
        return stacked(options, common, (child, owns) ->
                new ThrottleNode(common.node(), child, owns, Clock.SYSTEM, rate, latency));
    }

    private static Plan fault(QmpOptions options, Common common) throws BlockException {
        return stacked(options, common,
                (child, owns) -> new FaultNode(common.node(), child, owns));
    }

    private static Plan stacked(QmpOptions options, Common common, Stacker stacker)
            throws BlockException {
        QmpOptions members = options.takeObject("file");
        if (members != null) {
            Plan child = plan(members, common, common.nodes());
            return () -> stackOwned(child.open(), stacker);
        }
        String name = options.takeString("file");
        return () -> stacker.above(find(name, common.nodes()), false);
    }

    private static BlockNode stackOwned(BlockNode child, Stacker stacker) throws BlockException {
        try {
            return stacker.above(child, true);
        } catch (BlockException | RuntimeException | Error e) {
            child.close();
            throw e;
        }
    }

    private static BlockNode find(String name, NodeLookup nodes) throws BlockException {
        BlockNode node = nodes.find(name);
        if (node == null) {
            throw BlockException.refused(
                    "Cannot find device='" + name + "' nor node-name='" + name + "'");
        }
        return node;
    }

    /** A node name that no user can give. */
    private static String generatedName() {
        return String.format("#block%03d", GENERATED.getAndIncrement());
    }
}
