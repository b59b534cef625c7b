// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import mirrorcheck.engine.driver.MemoryNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Nodes, their users, and keeping users quiet. */
@Timeout(20)
class GraphTest {
    private final Graph graph = new Graph();
    private BlockNode below;
    private BlockNode above;

    @BeforeEach
    void twoNodes() throws BlockException {
        below = node("below");
        above = node("above");
    }

    private BlockNode node(String name) throws BlockException {
        BlockNode node = new MemoryNode(NodeOptions.named(name), 4096);
        graph.add(node);
        return node;
    }

    private static CompletableFuture<Void> flush(Attachment user) {
        return CompletableFuture.runAsync(() -> {
            try {
                user.flush();
            } catch (BlockException e) {
                throw new AssertionError(e);
            }
        }, task -> new Thread(task).start());
    }

    private static String refusal(Executable call) {
        return assertThrows(BlockException.class, call).getMessage();
    }

    @Test
    void namesAreUniqueAndUnknownOnesRefused() throws Exception {
        assertEquals("Duplicate nodes with node-name='below'",
                refusal(() -> graph.add(new MemoryNode(NodeOptions.named("below"), 512))));
        assertEquals("Cannot find device='nope' nor node-name='nope'",
                refusal(() -> graph.node("nope")));
        assertEquals("Failed to find node with node-name='nope'",
                refusal(() -> graph.remove("nope")));
    }

    @Test
    void generatedNamesAvoidTakenOnes() throws Exception {
        node("#block000");

        assertEquals("#block001", graph.generateName());
    }

    @Test
    void removalIsRefusedWhileInUseAndSaysByWhom() throws Exception {
        Attachment user = graph.attach("below", "export");
        assertEquals("Node below is in use", refusal(() -> graph.remove("below")));
        user.close();

        graph.block(below, "a job");
        assertEquals("Node 'below' is busy: a job", refusal(() -> graph.remove("below")));
        graph.reserve(below);
        assertEquals("Node below is in use", refusal(() -> graph.remove("below")));
        graph.unblock(below);

        graph.add(new FilterNode(FilterNode.transparent("filter"), below, false));
        assertEquals("Block device below is in use", refusal(() -> graph.remove("below")));
        assertEquals("Need a root block node", refusal(() -> graph.checkRoot(below)));
        graph.remove("filter");
        graph.remove("below");
        assertEquals("Cannot find device='below' nor node-name='below'",
                refusal(() -> graph.node("below")));
    }

    @Test
    void reservedNodeTakesNoUsers() throws Exception {
        graph.reserve(below);
        assertEquals("Permission conflict on node 'below': permissions 'consistent read' are both "
                + "required by an unnamed block device (uses node 'below' as 'root' child) and "
                + "unshared by an unnamed block device (uses node 'below' as 'root' child).",
                refusal(() -> graph.attach("below", "export")));
        graph.unblock(below);

        assertSame(below, graph.attach("below", "export").node());
    }

    @Test
    void drainWaitsForRequestsAndHoldsNewOnes() throws Exception {
        HeldNode held = new HeldNode();
        graph.add(held);
        Attachment user = graph.attach("held", "guest");
        CompletableFuture<Void> first = flush(user);
        held.arrived.await();
        CompletableFuture<Graph.Drain> draining = CompletableFuture
                .supplyAsync(() -> graph.drain(held));
        assertFalse(draining.isDone());
        held.released.countDown();
        Graph.Drain drain = draining.get();

        assertTrue(first.isDone());
        CompletableFuture<Void> second = flush(user);
        drain.moveUsersTo(above);
        assertFalse(second.isDone());
        drain.close();
        second.get();
        assertSame(above, user.node());
        assertEquals(1, held.flushes);
    }

    @Test
    void interruptedRequestWaitsAllTheSameAndKeepsTheInterrupt() throws Exception {
        Attachment user = graph.attach("below", "guest");
        Graph.Drain drain = graph.drain(below);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            Thread.currentThread().interrupt();
            try {
                user.flush();
                interrupted.complete(Thread.interrupted());
            } catch (BlockException e) {
                interrupted.completeExceptionally(e);
            }
        });
        thread.start();
        drain.close();

        assertTrue(interrupted.get());
    }

    @Test
    void drainsOfOneNodeAddUp() throws Exception {
        Attachment user = graph.attach("below", "guest");
        Graph.Drain outer = graph.drain(below);
        Graph.Drain inner = graph.drain(below);
        inner.moveUsersTo(above);
        CompletableFuture<Void> request = flush(user);
        inner.close();
        inner.close();
        assertFalse(request.isDone());
        outer.close();

        request.get();
        assertSame(above, user.node());
    }

    @Test
    void whoComesDuringADrainWaitsForItsEnd() throws Exception {
        Graph.Drain drain = graph.drain(below);
        Attachment late = graph.attach("below", "guest");
        drain.moveUsersTo(above);
        Attachment later = graph.attach("above", "guest");
        CompletableFuture<Void> request = flush(late);
        CompletableFuture<Void> another = flush(later);
        assertFalse(request.isDone() || another.isDone());
        drain.close();

        request.get();
        another.get();
        assertSame(above, late.node());
    }

    @Test
    void takingAFilterOutLeavesNobodyOnIt() throws Exception {
        FilterNode filter = new FilterNode(FilterNode.transparent("filter"), below, false);
        graph.add(filter);
        Attachment early = graph.attach("filter", "guest");
        Graph.Drain drain = graph.drain(filter);
        drain.moveUsersTo(above);
        Attachment late = graph.attach("filter", "guest");
        drain.takeOut(filter, below);
        drain.close();

        flush(late).get();
        assertSame(above, early.node());
        assertSame(below, late.node());
        assertFalse(graph.nodes().contains(filter));
    }

    @Test
    void closeWaitsForRequestsAndEndsThoseThatAreKeptOut() throws Exception {
        Attachment user = graph.attach("below", "guest");
        try (Graph.Drain drain = graph.drain(below)) {
            CompletableFuture<String> request = CompletableFuture
                    .supplyAsync(() -> refusal(user::flush));
            user.close();
            user.close();

            assertEquals("guest: the attachment is closed", request.get());
            assertFalse(graph.isUsed(below));
            drain.moveUsersTo(above);
        }
        assertEquals("guest: the attachment is closed", refusal(user::flush));
    }

    /** A node whose first flush waits. */
    private static final class HeldNode extends FilterNode {
        private final CountDownLatch arrived = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private int flushes;

        HeldNode() throws BlockException {
            super(FilterNode.transparent("held"),
                    new MemoryNode(NodeOptions.named("memory"), 4096), true);
        }

        @Override
        protected void doFlush() throws BlockException {
            flushes++;
            arrived.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
