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
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.driver.OpenedNode;
import mirrorcheck.engine.driver.Options;
import mirrorcheck.engine.driver.qcow2.Qcow2Node;
import mirrorcheck.engine.qmp.json.JsonObject;
import mirrorcheck.engine.qmp.schema.Type;
import mirrorcheck.engine.qmp.schema.Type.Member;
import mirrorcheck.engine.qmp.schema.Type.Scalar;
import mirrorcheck.engine.qmp.schema.Type.Struct;

/** What queries say of nodes. */
final class NodeInfo {
    static final Struct QUERY_NODES = Struct.of("q_obj_query-named-block-nodes-arg",
            optional("flat", Scalar.BOOLEAN));
    static final Struct QUERY_STATS = Struct.of("q_obj_query-blockstats-arg",
            optional("query-nodes", Scalar.BOOLEAN));

    /** Limits that QEMU's devices have; here they are always 0, none. */
    private static final List<String> DEVICE_LIMITS =
            List.of("bps", "bps_rd", "bps_wr", "iops", "iops_rd", "iops_wr", "write_threshold");
    private static final List<String> COUNTERS = Stream.of("rd", "wr", "unmap")
            .flatMap(kind -> Stream.of(kind + "_bytes", kind + "_operations",
                    kind + "_total_time_ns", kind + "_merged", "failed_" + kind + "_operations",
                    "invalid_" + kind + "_operations"))
            .toList();

    private static final Struct IMAGE = Struct.of("ImageInfo", required("filename", Scalar.STRING),
            required("format", Scalar.STRING), required("virtual-size", Scalar.INTEGER),
            optional("actual-size", Scalar.INTEGER));
    private static final Struct CHILD = Struct.of("BlockdevChild",
            required("child", Scalar.STRING), required("node-name", Scalar.STRING));
    private static final Struct CACHE = Struct.of("BlockdevCacheInfo",
            required("writeback", Scalar.BOOLEAN), required("direct", Scalar.BOOLEAN),
            required("no-flush", Scalar.BOOLEAN));
    static final Struct NODE = Struct.of("BlockDeviceInfo", with(DEVICE_LIMITS,
            required("file", Scalar.STRING), required("node-name", Scalar.STRING),
            required("ro", Scalar.BOOLEAN), required("drv", Scalar.STRING),
            required("backing_file_depth", Scalar.INTEGER),
            required("children", new Type.Array(CHILD)), required("active", Scalar.BOOLEAN),
            required("encrypted", Scalar.BOOLEAN),
            required("detect_zeroes", NodeTypes.DETECT_ZEROES), required("image", IMAGE),
            required("cache", CACHE)));
    static final Struct STATS = Struct.of("BlockStats", required("node-name", Scalar.STRING),
            required("stats", Struct.of("BlockDeviceStats", with(COUNTERS))));

    private NodeInfo() {
    }

    private static Member[] with(List<String> numbers, Member... others) {
        return Stream.concat(Stream.of(others),
                numbers.stream().map(name -> required(name, Scalar.INTEGER)))
                .toArray(Member[]::new);
    }

    /** {@code query-named-block-nodes}: all nodes that have a name, newest first. */
    static List<Map<String, Object>> nodes(Graph graph, Nodes nodes) throws BlockException {
        List<Map<String, Object>> out = new ArrayList<>();
        for (BlockNode node : graph.nodes().reversed()) {
            out.add(node(node, nodes));
        }
        return out;
    }

    private static Map<String, Object> node(BlockNode node, Nodes nodes) throws BlockException {
        OpenedNode opened = nodes.find(node);
        String driver = opened == null ? "mirror_top" : opened.driver().name();
        String filename = filename(node, nodes);
        Map<String, Object> out = new LinkedHashMap<>();
        DEVICE_LIMITS.forEach(name -> out.put(name, 0L));
        out.put("file", filename);
        out.put("node-name", node.nodeName());
        out.put("ro", node.options().readOnly());
        out.put("drv", driver);
        out.put("backing_file_depth", backingDepth(node));
        out.put("children", children(node, opened));
        out.put("active", true);
        out.put("encrypted", false);
        out.put("detect_zeroes", node.options().detectZeroes().name().toLowerCase(Locale.ROOT));
        out.put("image", image(node, driver, filename));
        out.put("cache", JsonObject.of("writeback", true,
                "direct", opened != null && opened.direct(),
                "no-flush", node.options().noFlush()));
        return out;
    }

    private static long backingDepth(BlockNode node) {
        long depth = 0;
        BlockNode layer = node;
        while (layer instanceof Qcow2Node image && image.backing() != null) {
            depth++;
            layer = image.backing();
        }
        return depth;
    }

    private static Map<String, Object> image(BlockNode node, String driver, String filename)
            throws BlockException {
        Map<String, Object> out = JsonObject.of("filename", filename, "format", driver,
                "virtual-size", node.length());
        BlockNode bottom = node;
        while (!bottom.children().isEmpty()) {
            bottom = bottom.children().getFirst();
        }
        if (bottom instanceof FileNode file) {
            out.put("actual-size", file.allocatedBytes());
        }
        return out;
    }

    /** A filter of a job shows the child that users see through it, not the one it copies to. */
    private static List<Map<String, Object>> children(BlockNode node, OpenedNode opened) {
        Map<String, BlockNode> children = opened != null ? opened.children()
                : Map.of("backing", node.children().getFirst());
        return children.entrySet().stream().map(each -> JsonObject.of("child", each.getKey(),
                "node-name", each.getValue().nodeName())).toList();
    }

    /** The file of the lowest node, or what describes a node without. */
    private static String filename(BlockNode node, Nodes nodes) {
        BlockNode bottom = node;
        while (!bottom.children().isEmpty()) {
            bottom = bottom.children().getFirst();
        }
        OpenedNode opened = nodes.find(bottom);
        if (opened == null) {
            return "";
        }
        Options options = opened.options();
        return switch (opened.driver().name()) {
            case "file" -> options.string("filename");
            case "nbd" -> nbd(options.object("server"), options.string("export", ""));
            default -> opened.driver().name() + "://";
        };
    }

    private static String nbd(Options server, String export) {
        if (server.string("type").equals("unix")) {
            return "nbd+unix:///" + export + "?socket=" + server.string("path");
        }
        return "nbd://" + server.string("host") + ":" + server.string("port")
                + (export.isEmpty() ? "" : "/" + export);
    }

    /** {@code query-blockstats} of nodes: as in QEMU they count nothing, as only devices do. */
    static List<Map<String, Object>> stats(Graph graph) {
        Map<String, Object> zeroes = new LinkedHashMap<>();
        COUNTERS.forEach(name -> zeroes.put(name, 0L));
        return graph.nodes().reversed().stream().map(node -> JsonObject.of(
                "node-name", node.nodeName(), "stats", zeroes)).toList();
    }
}
