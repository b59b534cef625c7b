// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.driver.DebugNode;
import mirrorcheck.engine.driver.DebugRule;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.driver.NullNode;
import mirrorcheck.engine.driver.RawNode;
import mirrorcheck.engine.driver.ThrottleNode;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.nbd.NbdNode;
import mirrorcheck.engine.qmp.schema.Arguments;

/** Opens one node from options that were checked; its child, if it has one, is open already. */
final class NodeOpener {
    private static final int SECTOR = 512;
    private static final int MAX_PORT = 65535;

    private final ThrottleGroups groups;

    NodeOpener(ThrottleGroups groups) {
        this.groups = groups;
    }

    /** The member that names or describes the child, or null for a node without. */
    static String childMember(String driver) {
        return switch (driver) {
            case "raw", "throttle" -> "file";
            case "blkdebug" -> "image";
            default -> null;
        };
    }

    /**
     * Opens a node.
     *
     * @param child     the node below, or null
     * @param ownsChild whether it is closed with this one
     * @param direct    {@code cache.direct}
     * @throws BlockException as the driver's open, with the text a client of QEMU knows; the child
     *         is still open
     */
    BlockNode open(Arguments options, NodeOptions node, BlockNode child, boolean ownsChild,
            boolean direct) throws BlockException {
        if (options.bool("force-share", false) && !node.readOnly()) {
            throw BlockException.refused(
                    "force-share=on can only be used with read-only images");
        }
        return switch (options.string("driver")) {
            case "file" -> file(options, node, direct);
            case "null-co" -> new NullNode(node, options.integer("size", NullNode.DEFAULT_SIZE),
                    options.integer("latency-ns", 0), options.bool("read-zeroes", false),
                    Clock.SYSTEM);
            case "nbd" -> NbdNode.connect(node, address(options.object("server")),
                    options.string("export", ""));
            case "raw" -> new RawNode(node, child, ownsChild,
                    options.integer("offset", 0), options.integer("size", -1));
            case "throttle" -> groups.join(options.string("throttle-group"), group ->
                    new ThrottleNode(node, child, ownsChild, group));
            case "blkdebug" -> new DebugNode(node, child, ownsChild,
                    rules(options));
            default -> throw new IllegalStateException("no such driver");
        };
    }

    private static BlockNode file(Arguments options, NodeOptions node, boolean direct)
            throws BlockException {
        String filename = options.string("filename");
        if (filename.isEmpty()) {
            throw BlockException.refused("The 'file' block driver requires a file name");
        }
        if (options.string("aio", "threads").equals("native") && !direct) {
            throw BlockException.refused("aio=native was specified, but it requires "
                    + "cache.direct=on, which was not specified.");
        }
        Path path = path(filename);
        try {
            return FileNode.open(path, node, direct);
        } catch (BlockException e) {
            if (node.readOnly() || !options.bool("auto-read-only", false) || !isDenied(e)) {
                throw e;
            }
            return FileNode.open(path, node.withReadOnly(true), direct);
        }
    }

    private static boolean isDenied(BlockException e) {
        return switch (e.errno()) {
            case EACCES, EPERM, EROFS -> true;
            default -> false;
        };
    }

    /** A path of the host; one with a zero byte does not exist. */
    static Path path(String filename) throws BlockException {
        try {
            return Path.of(filename);
        } catch (InvalidPathException e) {
            throw new BlockException(Errno.ENOENT, "Could not open '" + filename + "': "
                    + Errno.ENOENT.text(), e);
        }
    }

    /** The address of a socket with its members beside its type. */
    static SocketAddress address(Arguments address) throws BlockException {
        return address(address.string("type"), address);
    }

    /** The address of a socket from the members that go with its type. */
    static SocketAddress address(String type, Arguments address) throws BlockException {
        if (type.equals("unix")) {
            return UnixDomainSocketAddress.of(path(address.string("path")));
        }
        return inet(address.string("host"), address.string("port"));
    }

    static SocketAddress inet(String host, String port) throws BlockException {
        if (!port.matches("[0-9]{1,9}")) {
            throw BlockException.refused("address resolution failed for " + host + ":" + port
                    + ": Servname not supported for ai_socktype");
        }
        // The resolver of the C library, which QEMU asks, keeps the low 16 bits.
        return new InetSocketAddress(host, Integer.parseInt(port) & MAX_PORT);
    }

    private static List<DebugRule> rules(Arguments options) {
        List<DebugRule> rules = new ArrayList<>();
        for (Arguments rule : options.objects("inject-error")) {
            long sector = rule.integer("sector", -1);
            rules.add(new DebugRule(
                    DebugRule.Event.valueOf(rule.string("event").toUpperCase(Locale.ROOT)),
                    kinds(rule.string("iotype")), sector < 0 ? -1 : sector * SECTOR,
                    Errno.of((int) rule.integer("errno", Errno.EIO.number())),
                    rule.bool("once", false)));
        }
        return rules;
    }

    private static Set<Request.Kind> kinds(String type) {
        if (type == null) {
            return EnumSet.complementOf(EnumSet.of(Request.Kind.BLOCK_STATUS));
        }
        return EnumSet.of(Request.Kind.valueOf(type.toUpperCase(Locale.ROOT).replace('-', '_')));
    }

    /** Closes what nobody will use; its error is nobody's either. */
    static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (IOException e) {
            // The command has failed already, or the process ends.
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
