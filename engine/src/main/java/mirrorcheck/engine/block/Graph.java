// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import mirrorcheck.engine.host.Errno;

/**
 * The named block nodes, who uses them, and who keeps others away from them.
 *
 * <p>Safe for use from any thread; a caller that needs several calls to be one step holds the
 * graph's monitor over them, though never over {@link #drain}. Changes of the graph happen while
 * the users concerned are drained, so that no request is on its way through a node that is being
 * put in or taken out (bugs B06 and B35).
 */
public final class Graph {
    private final Map<String, BlockNode> nodes = new LinkedHashMap<>();
    private final Map<BlockNode, String> blockers = new LinkedHashMap<>();
    private final Set<BlockNode> reserved = new LinkedHashSet<>();
    private final List<Drain> drains = new ArrayList<>();
    private final List<Attachment> attachments = new ArrayList<>();
    private final Supplier<Lock> locks;
    private int generatedNames;

    /** A graph without nodes. */
    public Graph() {
        this(ReentrantLock::new);
    }

    /**
     * A graph without nodes.
     *
     * @param locks makes the locks of attachments, on which requests wait while they are drained
     */
    public Graph(Supplier<Lock> locks) {
        this.locks = locks;
    }

    /**
     * Names a node; the graph owns it from now on.
     *
     * @throws BlockException EINVAL if the name is taken; the node is left to the caller
     */
    public synchronized void add(BlockNode node) throws BlockException {
        checkFree(node.nodeName());
        nodes.put(node.nodeName(), node);
    }

    /** Refuses a node name that is taken, with the text a client of QMP reads. */
    public synchronized void checkFree(String nodeName) throws BlockException {
        if (nodes.containsKey(nodeName)) {
            throw BlockException.refused("Duplicate nodes with node-name='" + nodeName + "'");
        }
    }

    /** A name for a node that nobody named: {@code #block000} and so on. */
    public synchronized String generateName() {
        String name;
        do {
            name = "#block%03d".formatted(generatedNames++);
        } while (nodes.containsKey(name));
        return name;
    }

    /** The node with this name. */
    public synchronized BlockNode node(String nodeName) throws BlockException {
        BlockNode node = nodes.get(nodeName);
        if (node == null) {
            throw BlockException.refused("Cannot find device='" + nodeName + "' nor node-name='"
                    + nodeName + "'");
        }
        return node;
    }

    /** Every node, in the order of their naming. */
    public synchronized List<BlockNode> nodes() {
        return List.copyOf(nodes.values());
    }

    /**
     * Takes a node out and closes it, as {@code blockdev-del}.
     *
     * @throws BlockException EINVAL if there is no such node, EBUSY if a job, another node or an
     *         attachment uses it: nothing has changed; an error of closing it: the node is gone all
     *         the same
     */
    public void remove(String nodeName) throws BlockException {
        BlockNode node;
        synchronized (this) {
            checkRemovable(nodeName);
            node = nodes.remove(nodeName);
        }
        node.close();
    }

    /** Refuses what {@link #remove} refuses. */
    public synchronized void checkRemovable(String nodeName) throws BlockException {
        BlockNode node = nodes.get(nodeName);
        if (node == null) {
            throw BlockException.refused("Failed to find node with node-name='" + nodeName + "'");
        }
        if (reserved.contains(node)) {
            throw inUse(nodeName);
        }
        checkUnblocked(node);
        if (!parents(node).isEmpty()) {
            throw new BlockException(Errno.EBUSY, "Block device " + nodeName + " is in use");
        }
        if (isUsed(node)) {
            throw inUse(nodeName);
        }
    }

    /** Takes out the name of a node that was closed with the parent it belonged to. */
    public synchronized void forget(BlockNode node) {
        nodes.remove(node.nodeName(), node);
    }

    private static BlockException inUse(String nodeName) {
        return new BlockException(Errno.EBUSY, "Node " + nodeName + " is in use");
    }

    /** The named nodes that have {@code node} as a child. */
    public synchronized List<BlockNode> parents(BlockNode node) {
        return nodes.values().stream().filter(parent -> parent.children().contains(node)).toList();
    }

    /**
     * Refuses a node that is not the top of its chain, or that a job put there: a job below would
     * not see the writes that pass above it.
     */
    public synchronized void checkRoot(BlockNode node) throws BlockException {
        if (!parents(node).isEmpty() || node.interposes()) {
            throw BlockException.refused("Need a root block node");
        }
    }

    /** Whether an attachment uses the node. */
    public synchronized boolean isUsed(BlockNode node) {
        return attachments.stream().anyMatch(attachment -> attachment.node() == node);
    }

    /** What a client of QMP reads if two users want of a node what they may not have both. */
    public static String permissionConflict(String nodeName, String permission) {
        String user = "an unnamed block device (uses node '" + nodeName + "' as 'root' child)";
        return "Permission conflict on node '" + nodeName + "': permissions '" + permission
                + "' are both required by " + user + " and unshared by " + user + ".";
    }

    /** Keeps other jobs, and removal, away from a node until {@link #unblock}. */
    public synchronized void block(BlockNode node, String reason) {
        blockers.put(node, reason);
    }

    /** Keeps new users away from a node that a job writes to, until {@link #unblock}. */
    public synchronized void reserve(BlockNode node) {
        reserved.add(node);
    }

    /** Ends {@link #block} and {@link #reserve}. */
    public synchronized void unblock(BlockNode node) {
        blockers.remove(node);
        reserved.remove(node);
    }

    /** Refuses a node that a job keeps others away from. */
    public synchronized void checkUnblocked(BlockNode node) throws BlockException {
        String reason = blockers.get(node);
        if (reason != null) {
            throw new BlockException(Errno.EBUSY, "Node '" + node.nodeName() + "' is busy: "
                    + reason);
        }
    }

    /** Makes a new user of a node; messages say that it reads. */
    public Attachment attach(String nodeName, String user) throws BlockException {
        return attach(nodeName, user, false);
    }

    /**
     * Makes a new user of a node. If a filter was put above the node, the user goes through the
     * filter: writes that bypass a mirror would be lost.
     *
     * @param user     who it is, for messages
     * @param writable whether it may write, for messages
     * @throws BlockException EINVAL if there is no such node, or a job keeps its users away
     */
    public synchronized Attachment attach(String nodeName, String user, boolean writable)
            throws BlockException {
        BlockNode node = node(nodeName);
        while (interposed(node) != null) {
            node = interposed(node);
        }
        if (reserved.contains(node)) {
            throw BlockException.refused(permissionConflict(nodeName,
                    writable ? "consistent read, write" : "consistent read"));
        }
        Attachment attachment = new Attachment(this, user, node, locks.get());
        attachments.add(attachment);
        for (Drain drain : drains) {
            drain.keepOut(attachment);
        }
        return attachment;
    }

    /**
     * Keeps new requests of a node's users out and waits for those in flight. Requests of the
     * users, of new ones too, wait until {@link Drain#close()}, of every drain if there are
     * several.
     */
    public Drain drain(BlockNode node) {
        Drain drain = new Drain(node);
        List<Attachment> users;
        synchronized (this) {
            drains.add(drain);
            usersOf(node).forEach(drain::keepOut);
            users = List.copyOf(drain.users);
        }
        users.forEach(Attachment::awaitIdle);
        return drain;
    }

    /** A node whose users are quiet; {@link #close()} lets them go on. */
    public final class Drain implements AutoCloseable {
        /**
         * Whom this drain keeps out, wherever they are by now: each is let in again exactly once.
         */
        private final List<Attachment> users = new ArrayList<>();
        private BlockNode node;

        private Drain(BlockNode node) {
            this.node = node;
        }

        private void keepOut(Attachment user) {
            if (user.node() == node) {
                user.beginDrain();
                users.add(user);
            }
        }

        /**
         * Gives the users, still quiet, another node: a filter put above, or the target of a pivot.
         */
        public void moveUsersTo(BlockNode replacement) {
            synchronized (Graph.this) {
                usersOf(node).forEach(user -> user.moveTo(replacement));
                node = replacement;
            }
        }

        /**
         * Takes {@code filter} out of the graph without closing what is below it, and gives whoever
         * is still its user {@code below}: after a pivot that is who came too late to move.
         */
        public void takeOut(BlockNode filter, BlockNode below) {
            synchronized (Graph.this) {
                nodes.remove(filter.nodeName(), filter);
                if (node == filter) {
                    moveUsersTo(below);
                }
                usersOf(filter).forEach(user -> user.moveTo(below));
            }
        }

        /** Lets the users go on. A second call does nothing. */
        @Override
        public void close() {
            synchronized (Graph.this) {
                if (drains.remove(this)) {
                    users.forEach(Attachment::endDrain);
                }
            }
        }
    }

    synchronized void detach(Attachment attachment) {
        attachments.remove(attachment);
    }

    private List<Attachment> usersOf(BlockNode node) {
        return attachments.stream().filter(attachment -> attachment.node() == node).toList();
    }

    private BlockNode interposed(BlockNode node) {
        for (BlockNode parent : nodes.values()) {
            if (parent.interposes() && parent.children().getFirst() == node) {
                return parent;
            }
        }
        return null;
    }
}
