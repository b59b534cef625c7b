// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.Opening.Child;
import mirrorcheck.engine.host.Clock;

/**
 * The drivers, and the one way to open a node by its options.
 *
 * <p>Options come checked; that a driver exists is part of it. A child is given by the name of an
 * open node, or by options: then it is opened for its parent and closed with it, lets discards
 * through unless told otherwise, and takes read-only and cache options from its parent.
 *
 * <p>Not safe for use from several threads at a time.
 */
public final class DriverRegistry {
    private final Map<String, Driver> drivers = new LinkedHashMap<>();
    private final Graph graph;

    /** A registry of the drivers of this package; {@code graph} has the nodes that options name. */
    public DriverRegistry(Graph graph) {
        this.graph = graph;
        add(Driver.leaf("file", FileDriver::open));
        add(Driver.leaf("null-co", DriverRegistry::nullNode));
        add(new Driver("raw", List.of("file"), DriverRegistry::raw));
        add(new Driver("qcow2", List.of("file", "backing", "data-file"), Qcow2Driver::open));
        add(new Driver("blkdebug", List.of("image"), DebugDriver::open));
    }

    /** Adds a driver; its name must be new. */
    public void add(Driver driver) {
        if (drivers.putIfAbsent(driver.name(), driver) != null) {
            throw new IllegalStateException("two drivers of the name " + driver.name());
        }
    }

    /** All drivers, in the order in which they were added. */
    public List<Driver> drivers() {
        return List.copyOf(drivers.values());
    }

    /**
     * Opens a node and the children that come with it. It is not in the graph yet.
     *
     * @throws BlockException EINVAL for a node without a name, a name that is ill-formed or taken,
     *         a child that does not exist, or options that do not go together; otherwise as the
     *         driver's open; with the text a client of QEMU knows; nothing stays open
     */
    public OpenedNode open(Options options) throws BlockException {
        if (!options.has("node-name")) {
            throw BlockException.refused("'node-name' must be specified for the root node");
        }
        checkReferences(options);
        checkNames(options, new HashSet<>());
        return open(options, null, false);
    }

    private Driver driver(Options options) {
        return drivers.get(options.string("driver"));
    }

    private void checkReferences(Options options) throws BlockException {
        for (String member : driver(options).childMembers()) {
            Options child = options.object(member);
            if (child != null) {
                checkReferences(child);
            } else if (options.string(member) != null) {
                graph.node(options.string(member));
            }
        }
    }

    private void checkNames(Options options, Set<String> seen) throws BlockException {
        String name = options.string("node-name");
        if (name != null) {
            if (name.startsWith("#")) {
                throw BlockException.refused("Invalid node-name: '" + name + "'");
            }
            NodeOptions.named(name).checked();
            graph.checkFree(name);
            if (!seen.add(name)) {
                throw BlockException.refused("Duplicate nodes with node-name='" + name + "'");
            }
        }
        for (String member : driver(options).childMembers()) {
            if (options.object(member) != null) {
                checkNames(options.object(member), seen);
            }
        }
    }

    private OpenedNode open(Options options, NodeOptions parent, boolean parentDirect)
            throws BlockException {
        NodeOptions node = nodeOptions(options, parent).checked();
        Options cache = options.object("cache");
        boolean direct = cache != null ? cache.bool("direct", parentDirect) : parentDirect;
        Map<String, Child> children = new LinkedHashMap<>();
        List<OpenedNode> owned = new ArrayList<>();
        Driver driver = driver(options);
        try {
            for (String member : driver.childMembers()) {
                if (options.object(member) != null) {
                    owned.add(open(options.object(member), node, direct));
                    children.put(member, new Child(owned.getLast().node(), true));
                } else if (options.string(member) != null) {
                    children.put(member, new Child(graph.node(options.string(member)), false));
                }
            }
            checkForceShare(options, node);
            BlockNode opened = driver.opener().open(new Opening(options, node, direct, children));
            Map<String, BlockNode> below = new LinkedHashMap<>();
            children.forEach((member, child) -> below.put(member, child.node()));
            return new OpenedNode(opened, driver, options, direct, below, owned);
        } catch (BlockException | RuntimeException e) {
            owned.forEach(child -> close(child.node(), e));
            throw e;
        }
    }

    private static void checkForceShare(Options options, NodeOptions node) throws BlockException {
        if (options.bool("force-share", false) && !node.readOnly()) {
            throw BlockException.refused(
                    "force-share=on can only be used with read-only images");
        }
    }

    private static void close(BlockNode node, Exception cause) {
        try {
            node.close();
        } catch (BlockException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * What every node has.
     *
     * @param parent the options of the parent that the node is opened for, or null for none
     */
    public NodeOptions nodeOptions(Options options, NodeOptions parent) {
        boolean child = parent != null;
        Options cache = options.object("cache");
        boolean noFlush = child && parent.noFlush();
        String name = options.string("node-name");
        return new NodeOptions(name != null ? name : graph.generateName(),
                Discard.valueOf(word(options, "discard", child ? "unmap" : "ignore")),
                DetectZeroes.valueOf(word(options, "detect-zeroes", "off")),
                options.bool("read-only", child && parent.readOnly()),
                cache != null ? cache.bool("no-flush", noFlush) : noFlush);
    }

    private static String word(Options options, String name, String otherwise) {
        return options.string(name, otherwise).toUpperCase(Locale.ROOT);
    }

    private static BlockNode nullNode(Opening opening) throws BlockException {
        Options options = opening.options();
        return new NullNode(opening.node(), options.integer("size", NullNode.DEFAULT_SIZE),
                options.integer("latency-ns", 0), options.bool("read-zeroes", false),
                Clock.SYSTEM);
    }

    private static BlockNode raw(Opening opening) throws BlockException {
        Child file = opening.child("file");
        return new RawNode(opening.node(), file.node(), file.owned(),
                opening.options().integer("offset", 0), opening.options().integer("size", -1));
    }
}
