// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.util.List;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Graph;

/**
 * A mirror's place in the graph, at its end: who keeps its guests out, whom they are given to, and
 * that nothing of it stays behind. For the job's thread, without the job's lock.
 */
final class Place {
    private final Graph graph;
    private final MirrorFilter filter;
    private Graph.Drain drain;

    Place(Graph graph, MirrorFilter filter) {
        this.graph = graph;
        this.filter = filter;
    }

    /** Waits for the requests of guests, and keeps new ones out. */
    void keepGuestsOut() {
        drain = graph.drain(filter);
    }

    void letGuestsIn() {
        drain.close();
        drain = null;
    }

    /** Gives the guests, kept out still, another node. */
    void moveGuestsTo(BlockNode node) {
        drain.moveUsersTo(node);
    }

    /** Takes the filter out; guests who were not moved have the source. */
    void leave() {
        if (drain == null) {
            keepGuestsOut();
        }
        drain.takeOut(filter, filter.source());
        for (BlockNode node : List.of(filter.source(), filter.target(), filter)) {
            graph.unblock(node);
        }
        drain.close();
    }
}
