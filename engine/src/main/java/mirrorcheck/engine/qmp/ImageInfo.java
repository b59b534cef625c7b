// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;


import java.util.Map;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.driver.NullNode;
import mirrorcheck.engine.driver.OpenedNode;
import mirrorcheck.engine.driver.qcow2.Qcow2Node;
import mirrorcheck.engine.qmp.json.JsonObject;
import mirrorcheck.engine.qmp.schema.Type.Choice;
import mirrorcheck.engine.qmp.schema.Type.Scalar;
import mirrorcheck.engine.qmp.schema.Type.Struct;
import static mirrorcheck.engine.qmp.schema.Type.Member.optional;
import static mirrorcheck.engine.qmp.schema.Type.Member.required;

/** What {@code query-named-block-nodes} says of the image of a node. */
final class ImageInfo {
    private static final Struct LIMITS = Struct.of("BlockLimitsInfo",
            required("request-alignment", Scalar.INTEGER),
            optional("max-discard", Scalar.INTEGER), optional("max-write-zeroes", Scalar.INTEGER),
            optional("max-transfer", Scalar.INTEGER), required("max-iov", Scalar.INTEGER),
            required("min-mem-alignment", Scalar.INTEGER),
            required("opt-mem-alignment", Scalar.INTEGER));
    private static final Struct SPECIFIC = Struct.tagged("ImageInfoSpecific", "type",
            required("type", Choice.of("ImageInfoSpecificKind", "file"))).withVariants(Map.of(
                    "file", Struct.of("ImageInfoSpecificFileWrapper",
                            required("data", Struct.of("ImageInfoSpecificFile")))));
    static final Struct TYPE = Struct.of("ImageInfo", required("filename", Scalar.STRING),
            required("format", Scalar.STRING), optional("dirty-flag", Scalar.BOOLEAN),
            optional("actual-size", Scalar.INTEGER), required("virtual-size", Scalar.INTEGER),
            optional("limits", LIMITS), optional("format-specific", SPECIFIC));

    static {
        TYPE.with(optional("backing-image", TYPE));
    }

    /** How many pieces of memory one call of the host takes (IOV_MAX of Linux). */
    private static final long MAX_IOV = 1024;
    /** Buffers begin at pages. */
    private static final long PAGE = 4096;
    private static final long SECTOR = 512;

    private final Nodes nodes;
    private final Filenames filenames;

    ImageInfo(Nodes nodes) {
        this.nodes = nodes;
        filenames = new Filenames(nodes);
    }

    String filename(BlockNode node) {
        return filenames.of(node);
    }

    /** How many images lie below a node: that under a filter, and each backing file. */
    long depth(BlockNode node) {
        BlockNode below = below(node);
        return below == null ? 0 : 1 + depth(below);
    }

    /** What is told as the backing image of a node, or null. */
    private BlockNode below(BlockNode node) {
        if (node instanceof Qcow2Node image) {
            return image.backing();
        }
        return isFilter(node) ? node.children().getFirst() : null;
    }

    private boolean isFilter(BlockNode node) {
        OpenedNode opened = nodes.find(node);
        return opened == null ? !node.children().isEmpty()
                : !opened.children().isEmpty() && !opened.driver().name().equals("raw");
    }

    String driver(BlockNode node) {
        OpenedNode opened = nodes.find(node);
        return opened == null ? "mirror_top" : opened.driver().name();
    }

    /**
     * A node's image.
     *
     * @param flat whether to leave out what lies below
     */
    Map<String, Object> of(BlockNode node, boolean flat) throws BlockException {
        String driver = driver(node);
        Map<String, Object> out = JsonObject.of("filename", filename(node), "format", driver,
                "virtual-size", node.length(), "limits", limits(node));
        BlockNode bottom = bottom(node);
        if (bottom instanceof FileNode file) {
            out.put("dirty-flag", false);
            putSize(out, driver, file.allocatedBytes());
        } else if (bottom instanceof NullNode) {
            putSize(out, driver, 0);
        }
        if (node instanceof FileNode) {
            out.put("format-specific", JsonObject.of("type", "file", "data", Map.of()));
        }
        BlockNode below = below(node);
        if (!flat && below != null) {
            out.put("backing-image", of(below, false));
        }
        return out;
    }

    private static void putSize(Map<String, Object> out, String driver, long bytes) {
        if (!driver.equals("blkdebug")) {
            out.put("actual-size", bytes);
        }
    }

    private static BlockNode bottom(BlockNode node) {
        BlockNode bottom = node;
        while (!bottom.children().isEmpty()) {
            bottom = bottom.children().getFirst();
        }
        return bottom;
    }

    private static Map<String, Object> limits(BlockNode node) {
        Limits limits = node.limits();
        boolean anyMemory = bottom(node) instanceof FileNode && limits.requestAlignment() == 1
                && !node.interposes();
        Map<String, Object> out = JsonObject.of("request-alignment",
                (long) limits.requestAlignment(), "max-iov", MAX_IOV,
                "min-mem-alignment", anyMemory ? 1L : SECTOR, "opt-mem-alignment", PAGE);
        put(out, "max-transfer", limits.maxTransfer());
        if (node.children().isEmpty()) {
            put(out, "max-write-zeroes", limits.maxWriteZeroes());
            put(out, "max-discard", limits.maxWriteZeroes());
        }
        return out;
    }

    private static void put(Map<String, Object> out, String name, long limit) {
        if (limit < Long.MAX_VALUE) {
            out.put(name, limit);
        }
    }
}
