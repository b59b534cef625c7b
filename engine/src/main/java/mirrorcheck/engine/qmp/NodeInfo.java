// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static mirrorcheck.engine.qmp.schema.Type.Member.optional;
import static mirrorcheck.engine.qmp.schema.Type.Member.required;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.driver.OpenedNode;
import mirrorcheck.engine.job.Jobs;
import mirrorcheck.engine.mirror.MirrorJob;
import mirrorcheck.engine.qmp.json.JsonObject;
import mirrorcheck.engine.qmp.schema.Type;
import mirrorcheck.engine.qmp.schema.Type.Member;
import mirrorcheck.engine.qmp.schema.Type.Scalar;
import mirrorcheck.engine.qmp.schema.Type.Struct;

/** What queries say of nodes. */
final class NodeInfo {
    static final Struct QUERY_NODES = Struct.of("q_obj_query-named-block-nodes-arg",
            optional("flat", Scalar.BOOLEAN));
    /** Limits that QEMU's devices have; here they are always 0, none. */
    private static final List<String> DEVICE_LIMITS =
            List.of("bps", "bps_rd", "bps_wr", "iops", "iops_rd", "iops_wr", "write_threshold");
    private static final Struct CHILD = Struct.of("BlockdevChild",
            required("child", Scalar.STRING), required("node-name", Scalar.STRING));
    private static final Struct CACHE = Struct.of("BlockdevCacheInfo",
            required("writeback", Scalar.BOOLEAN), required("direct", Scalar.BOOLEAN),
            required("no-flush", Scalar.BOOLEAN));
    private static final Struct DIRTY_BITMAP = Struct.of("BlockDirtyInfo",
            required("count", Scalar.INTEGER), required("granularity", Scalar.UINT32),
            required("recording", Scalar.BOOLEAN), required("busy", Scalar.BOOLEAN),
            required("persistent", Scalar.BOOLEAN));
    static final Struct NODE = Struct.of("BlockDeviceInfo", with(DEVICE_LIMITS,
            required("file", Scalar.STRING), required("node-name", Scalar.STRING),
            required("ro", Scalar.BOOLEAN), required("drv", Scalar.STRING),
            required("backing_file_depth", Scalar.INTEGER),
            required("children", new Type.Array(CHILD)), required("active", Scalar.BOOLEAN),
            required("encrypted", Scalar.BOOLEAN),
            required("detect_zeroes", NodeTypes.DETECT_ZEROES), required("image", ImageInfo.TYPE),
            required("cache", CACHE),
            optional("dirty-bitmaps", new Type.Array(DIRTY_BITMAP))));

    private final Graph graph;
    private final Nodes nodes;
    private final Jobs jobs;
    private final ImageInfo images;

    NodeInfo(Graph graph, Nodes nodes, Jobs jobs) {
        this.graph = graph;
        this.nodes = nodes;
        this.jobs = jobs;
        images = new ImageInfo(nodes);
    }

    private static Member[] with(List<String> numbers, Member... others) {
        return Stream.concat(Stream.of(others),
                numbers.stream().map(name -> required(name, Scalar.INTEGER)))
                .toArray(Member[]::new);
    }

    /**
     * {@code query-named-block-nodes}: all nodes, the newest first.
     *
     * @param flat whether to leave out what lies below filters
     */
    List<Map<String, Object>> nodes(boolean flat) throws BlockException {
        List<Map<String, Object>> out = new ArrayList<>();
        for (BlockNode node : graph.nodes().reversed()) {
            out.add(node(node, flat));
        }
        return out;
    }

    private Map<String, Object> node(BlockNode node, boolean flat) throws BlockException {
        OpenedNode opened = nodes.find(node);
        Map<String, Object> out = new LinkedHashMap<>();
        DEVICE_LIMITS.forEach(name -> out.put(name, 0L));
        out.put("file", images.filename(node));
        out.put("node-name", node.nodeName());
        out.put("ro", node.options().readOnly());
        out.put("drv", images.driver(node));
        out.put("backing_file_depth", flat ? 0L : images.depth(node));
        out.put("children", children(node, opened));
        out.put("active", true);
        out.put("encrypted", false);
        out.put("detect_zeroes", node.options().detectZeroes().name().toLowerCase(Locale.ROOT));
        out.put("image", images.of(node, flat));
        out.put("cache", JsonObject.of("writeback", true,
                "direct", opened != null && opened.direct(),
                "no-flush", node.options().noFlush()));
        List<Map<String, Object>> bitmaps = dirtyBitmaps(node);
        if (!bitmaps.isEmpty()) {
            out.put("dirty-bitmaps", bitmaps);
        }
        return out;
    }

    /** The bitmap of the job whose filter the node is; nobody else has one. */
    private List<Map<String, Object>> dirtyBitmaps(BlockNode node) {
        return jobs.all().stream().filter(MirrorJob.class::isInstance).map(MirrorJob.class::cast)
                .filter(job -> job.filterNodeName().equals(node.nodeName()) && node.interposes())
                .map(job -> JsonObject.of("count", job.dirtyBytes(),
                        "granularity", job.granularity(), "recording", false, "busy", false,
                        "persistent", false)).toList();
    }

    /** A filter of a job shows the child that users see through it, not the one it copies to. */
    private static List<Map<String, Object>> children(BlockNode node, OpenedNode opened) {
        Map<String, BlockNode> children = opened != null ? opened.children()
                : Map.of("backing", node.children().getFirst());
        return children.entrySet().stream().map(each -> JsonObject.of("child", each.getKey(),
                "node-name", each.getValue().nodeName())).toList();
    }
}
