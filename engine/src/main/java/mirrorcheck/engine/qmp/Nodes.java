// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.mirror.MirrorArguments;
import mirrorcheck.engine.qmp.schema.Arguments;

/**
 * The nodes that clients opened, with the children that came with them. Called by one thread at a
 * time, that of the command.
 */
final class Nodes {
    /**
     * A node, as it was asked for.
     *
     * @param child the child that was described in its options and goes with it; null if it has
     *              none or that was named
     * @param root  whether a client may delete it: it is nobody's child in this sense
     */
    record Opened(BlockNode node, Arguments options, boolean direct, Opened child, boolean root) {
        String driver() {
            return options.string("driver");
        }
    }

    private final Graph graph;
    private final ThrottleGroups groups;
    private final NodeOpener opener;
    private final Predicate<BlockNode> isExportedWritable;
    private final Map<String, Opened> opened = new HashMap<>();

    /** {@code isExportedWritable} says whether clients of an export may write to a node. */
    Nodes(Graph graph, ThrottleGroups groups, Predicate<BlockNode> isExportedWritable) {
        this.graph = graph;
        this.isExportedWritable = isExportedWritable;
        this.groups = groups;
        this.opener = new NodeOpener(groups);
    }

    /** How a node was opened, or null for the filter of a job. */
    Opened find(BlockNode node) {
        return opened.get(node.nodeName());
    }

    /**
     * {@code blockdev-add}.
     *
     * @throws BlockException with the text a client of QEMU knows; nothing stays open
     */
    void add(Arguments options) throws BlockException {
        if (!options.has("node-name")) {
            throw BlockException.refused("'node-name' must be specified for the root node");
        }
        checkReferences(options);
        checkNames(options, new HashSet<>());
        register(open(options, null, false));
    }

    private void checkReferences(Arguments options) throws BlockException {
        String member = NodeOpener.childMember(options.string("driver"));
        Arguments child = childOptions(options);
        if (child != null) {
            checkReferences(child);
        } else if (member != null) {
            graph.node(options.string(member));
        }
    }

    private void checkNames(Arguments options, Set<String> seen) throws BlockException {
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
        Arguments child = childOptions(options);
        if (child != null) {
            checkNames(child, seen);
        }
    }

    private static Arguments childOptions(Arguments options) {
        String member = NodeOpener.childMember(options.string("driver"));
        return member == null ? null : options.object(member);
    }

    private Opened open(Arguments options, NodeOptions parent, boolean parentDirect)
            throws BlockException {
        NodeOptions node = nodeOptions(options, parent).checked();
        Arguments cache = options.object("cache");
        boolean direct = cache != null ? cache.bool("direct", parentDirect) : parentDirect;
        Arguments below = childOptions(options);
        Opened child = below == null ? null : open(below, node, direct);
        try {
            String member = NodeOpener.childMember(options.string("driver"));
            BlockNode target = child != null ? child.node()
                    : member != null ? graph.node(options.string(member)) : null;
            BlockNode result = opener.open(options, node, target, child != null, direct);
            return new Opened(result, options, direct, child, parent == null);
        } catch (BlockException | RuntimeException e) {
            if (child != null) {
                NodeOpener.closeQuietly(child.node());
                leaveGroups(child);
            }
            throw e;
        }
    }

    /** Children let discards through and take the rest from their parent unless they say. */
    private NodeOptions nodeOptions(Arguments options, NodeOptions parent) throws BlockException {
        boolean child = parent != null;
        Arguments cache = options.object("cache");
        boolean noFlush = child && parent.noFlush();
        String name = options.string("node-name");
        return new NodeOptions(name != null ? name : graph.generateName(),
                MirrorArguments.choice("discard", Discard.class,
                        options.string("discard", child ? "unmap" : "ignore")),
                MirrorArguments.choice("detect-zeroes", DetectZeroes.class,
                        options.string("detect-zeroes", "off")),
                options.bool("read-only", child && parent.readOnly()),
                cache != null ? cache.bool("no-flush", noFlush) : noFlush);
    }

    private void register(Opened node) throws BlockException {
        for (Opened each = node; each != null; each = each.child()) {
            graph.add(each.node());
            opened.put(each.node().nodeName(), each);
        }
    }

    /** {@code blockdev-del}. */
    void delete(String name) throws BlockException {
        BlockNode node = named(name);
        Opened found = find(node);
        if (found == null || !found.root()) {
            graph.checkUnblocked(node);
            throw BlockException.refused("Node " + name + " is not owned by the monitor");
        }
        try {
            graph.remove(name);
        } finally {
            if (!graph.nodes().contains(node)) {
                forget(found);
            }
        }
    }

    private void forget(Opened node) {
        for (Opened each = node; each != null; each = each.child()) {
            graph.forget(each.node());
            opened.remove(each.node().nodeName());
        }
        leaveGroups(node);
    }

    private void leaveGroups(Opened node) {
        for (Opened each = node; each != null; each = each.child()) {
            if (each.driver().equals("throttle")) {
                groups.leave(each.options().string("throttle-group"));
            }
        }
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
        Opened before = find(node);
        if (before == null) {
            throw BlockException.refused("Block node '" + node.nodeName()
                    + "' does not support reopening");
        }
        refuseOtherChanges(before, options);
        NodeOptions old = node.options();
        NodeOptions changed = nodeOptions(options, null);
        if (changed.readOnly() && !old.readOnly() && hasWriters(node)) {
            throw BlockException.refused("Read-only block node '" + node.nodeName()
                    + "' cannot support read-write users");
        }
        node.reopen(changed);
        opened.put(node.nodeName(), new Opened(node, options, before.direct(), before.child(),
                before.root()));
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
    private static void refuseOtherChanges(Opened before, Arguments options)
            throws BlockException {
        Set<String> names = new HashSet<>(before.options().asMap().keySet());
        names.addAll(options.asMap().keySet());
        names.removeAll(Set.of("node-name", "discard", "detect-zeroes", "read-only",
                "auto-read-only", "force-share"));
        for (String name : names.stream().sorted().toList()) {
            Object was = before.options().asMap().get(name);
            Object is = options.asMap().get(name);
            if (name.equals("cache")) {
                Arguments cache = options.object("cache");
                if ((cache != null && cache.bool("direct", false)) == before.direct()) {
                    continue;
                }
            } else if (name.equals(NodeOpener.childMember(before.driver()))) {
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
    private static boolean isSameChild(Opened before, Arguments options, String member) {
        return options.object(member) == null && options.string(member, "")
                .equals(before.node().children().getFirst().nodeName());
    }

    /** Closes everything, parents first, whatever happens; at the end of the process. */
    void closeAll() {
        for (BlockNode node : graph.nodes().reversed()) {
            NodeOpener.closeQuietly(node);
        }
    }
}
