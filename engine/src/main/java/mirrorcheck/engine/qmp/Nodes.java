// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.DriverRegistry;
import mirrorcheck.engine.driver.OpenedNode;
import mirrorcheck.engine.qmp.schema.Arguments;

/**
 * The nodes that clients opened, with the children that came with them. Called by one thread at a
 * time, that of the command.
 */
final class Nodes {
    private final Graph graph;
    private final DriverRegistry drivers;
    private final Drains drains;
    private final Predicate<BlockNode> isExportedWritable;
    private final Map<String, OpenedNode> opened = new HashMap<>();
    /** The names of those that a client may delete: they were not opened for a parent. */
    private final Set<String> roots = new HashSet<>();

    /** {@code isExportedWritable} says whether clients of an export may write to a node. */
    Nodes(Graph graph, DriverRegistry drivers, Drains drains,
            Predicate<BlockNode> isExportedWritable) {
        this.graph = graph;
        this.drains = drains;
        this.drivers = drivers;
        this.isExportedWritable = isExportedWritable;
    }

    /** How a node was opened, or null for the filter of a job. */
    OpenedNode find(BlockNode node) {
        return opened.get(node.nodeName());
    }

    /**
     * {@code blockdev-add}.
     *
     * @throws BlockException with the text a client of QEMU knows; nothing stays open
     */
    void add(Arguments options) throws BlockException {
        OpenedNode root = drivers.open(options);
        // Children first, as they were opened: queries list nodes by their age.
        for (OpenedNode each : root.all().toList().reversed()) {
            graph.add(each.node());
            opened.put(each.node().nodeName(), each);
        }
        roots.add(root.node().nodeName());
    }

    /** {@code blockdev-del}. */
    void delete(String name) throws BlockException {
        BlockNode node = named(name);
        if (!roots.contains(name)) {
            graph.checkUnblocked(node);
            throw BlockException.refused("Node " + name + " is not owned by the monitor");
        }
        graph.checkRemovable(name);
        try {
            drains.aroundAll(() -> {
                graph.remove(name);
                return null;
            });
        } finally {
            if (!graph.nodes().contains(node)) {
                forget(find(node));
            }
        }
    }

    private void forget(OpenedNode root) {
        roots.remove(root.node().nodeName());
        root.all().forEach(each -> {
            graph.forget(each.node());
            opened.remove(each.node().nodeName());
        });
    }

    private BlockNode named(String name) throws BlockException {
        return graph.nodes().stream().filter(node -> node.nodeName().equals(name)).findFirst()
                .orElseThrow(() -> BlockException.refused(
                        "Failed to find node with node-name='" + name + "'"));
    }

    /** {@code block_resize}. */
    void resize(Arguments arguments) throws BlockException {
        String device = arguments.string("device", "");
        String name = arguments.string("node-name", "");
        BlockNode node = graph.nodes().stream().filter(each -> each.nodeName().equals(name))
                .findFirst().orElseThrow(() -> BlockException.refused("Cannot find device='"
                        + device + "' nor node-name='" + name + "'"));
        long size = arguments.integer("size", 0);
        if (size < 0) {
            throw BlockException.refused("Parameter 'size' expects a >0 size");
        }
        graph.checkUnblocked(node);
        if (graph.isUsed(node)) {
            throw BlockException.refused(Graph.permissionConflict(name, "resize"));
        }
        node.resize(size);
    }

    /**
     * {@code blockdev-reopen}: other {@code discard}, {@code detect-zeroes}, {@code read-only} and
     * {@code cache.no-flush}; of several nodes, all or none change.
     */
    void reopen(List<Arguments> nodes) throws BlockException {
        List<Runnable> undo = new ArrayList<>();
        try {
            for (Arguments options : nodes) {
                undo.add(reopen(options));
            }
        } catch (BlockException | RuntimeException e) {
            undo.reversed().forEach(Runnable::run);
            throw e;
        }
    }

    private Runnable reopen(Arguments options) throws BlockException {
        if (!options.has("node-name")) {
            throw BlockException.refused("node-name not specified");
        }
        BlockNode node = named(options.string("node-name"));
        OpenedNode before = find(node);
        if (before == null) {
            throw BlockException.refused("Block node '" + node.nodeName()
                    + "' does not support reopening");
        }
        refuseOtherChanges(before, options);
        NodeOptions old = node.options();
        NodeOptions changed = drivers.nodeOptions(options, null);
        if (changed.readOnly() && !old.readOnly() && hasWriters(node)) {
            throw BlockException.refused("Read-only block node '" + node.nodeName()
                    + "' cannot support read-write users");
        }
        drains.around(node, () -> {
            node.reopen(changed);
            return null;
        });
        opened.put(node.nodeName(), new OpenedNode(node, before.driver(), options,
                before.direct(), before.children(), before.owned()));
        return () -> {
            try {
                node.reopen(old);
                opened.put(node.nodeName(), before);
            } catch (BlockException e) {
                throw new IllegalStateException("a node refuses what it had", e);
            }
        };
    }

    private boolean hasWriters(BlockNode node) {
        return isExportedWritable.test(node)
                || graph.parents(node).stream().anyMatch(parent -> !parent.options().readOnly());
    }

    /** What is fixed when a node is opened must be given again as it was. */
    private static void refuseOtherChanges(OpenedNode before, Arguments options)
            throws BlockException {
        Map<String, Object> then = ((Arguments) before.options()).asMap();
        Set<String> names = new HashSet<>(then.keySet());
        names.addAll(options.asMap().keySet());
        names.removeAll(Set.of("node-name", "discard", "detect-zeroes", "read-only",
                "auto-read-only", "force-share"));
        for (String name : names.stream().sorted().toList()) {
            Object was = then.get(name);
            Object is = options.asMap().get(name);
            if (name.equals("cache")) {
                Arguments cache = options.object("cache");
                if ((cache != null && cache.bool("direct", false)) == before.direct()) {
                    continue;
                }
            } else if (before.driver().childMembers().contains(name)) {
                if (isSameChild(before, options, name)) {
                    continue;
                }
                throw BlockException.refused("Cannot change the option '" + name
                        + (options.object(name) != null ? ".driver'" : "'"));
            } else if (was != null && was.equals(is)) {
                continue;
            } else if (is == null) {
                throw BlockException.refused(
                        "Option '" + name + "' cannot be reset to its default value");
            }
            throw BlockException.refused("Cannot change the option '" + name + "'");
        }
    }

    /** A child is given by its name, also if it was described when the node was opened. */
    private static boolean isSameChild(OpenedNode before, Arguments options, String member) {
        BlockNode child = before.children().get(member);
        return options.object(member) == null && Objects.equals(options.string(member),
                child == null ? null : child.nodeName());
    }

    /** Closes everything, parents first, whatever happens; at the end of the process. */
    void closeAll() {
        for (BlockNode node : graph.nodes().reversed()) {
            Closing.quietly(node);
        }
    }
}
