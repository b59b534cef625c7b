// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static mirrorcheck.engine.qmp.schema.Type.Member.optional;
import static mirrorcheck.engine.qmp.schema.Type.Member.required;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.qmp.schema.Type;
import mirrorcheck.engine.qmp.schema.Type.Member;
import mirrorcheck.engine.qmp.schema.Type.Scalar;
import mirrorcheck.engine.qmp.schema.Type.Struct;

/**
 * What {@code query-blockstats} says of nodes: how far they were written. As in QEMU they count
 * nothing else, as only devices do.
 */
final class NodeStats {
    static final Struct QUERY = Struct.of("q_obj_query-blockstats-arg",
            optional("query-nodes", Scalar.BOOLEAN));

    private static final List<String> COUNTERS = Stream.concat(
            Stream.of("rd", "wr", "unmap", "zone_append").flatMap(kind -> Stream.of(
                    kind + "_bytes", kind + "_operations", kind + "_total_time_ns",
                    kind + "_merged", "failed_" + kind + "_operations",
                    "invalid_" + kind + "_operations")),
            Stream.of("flush_operations", "flush_total_time_ns", "failed_flush_operations",
                    "invalid_flush_operations")).toList();
    private static final Struct TIMED = Struct.of("BlockDeviceTimedStats",
            required("interval_length", Scalar.INTEGER));
    static final Struct TYPE = Struct.of("BlockStats", required("node-name", Scalar.STRING),
            required("stats", Struct.of("BlockDeviceStats", Stream.concat(
                    COUNTERS.stream().map(name -> required(name, Scalar.INTEGER)),
                    Stream.of(required("wr_highest_offset", Scalar.INTEGER),
                            required("account_invalid", Scalar.BOOLEAN),
                            required("account_failed", Scalar.BOOLEAN),
                            required("timed_stats", new Type.Array(TIMED))))
                    .toArray(Member[]::new))));

    static {
        TYPE.with(optional("parent", TYPE));
    }

    private NodeStats() {
    }

    /** All nodes, the oldest first. */
    static List<Map<String, Object>> of(Graph graph) {
        return graph.nodes().stream().map(NodeStats::of).toList();
    }

    /** A node, and the one that holds its data. */
    private static Map<String, Object> of(BlockNode node) {
        Map<String, Object> stats = new LinkedHashMap<>();
        COUNTERS.forEach(name -> stats.put(name, 0L));
        stats.put("wr_highest_offset", node.highestWrite());
        stats.put("account_invalid", false);
        stats.put("account_failed", false);
        stats.put("timed_stats", List.of());
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("node-name", node.nodeName());
        out.put("stats", stats);
        if (!node.children().isEmpty()) {
            out.put("parent", of(node.children().getFirst()));
        }
        return out;
    }
}
