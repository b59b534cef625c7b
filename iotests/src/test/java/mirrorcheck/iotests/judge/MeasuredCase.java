// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Layers;
import mirrorcheck.iotests.judge.CopyOutcome.Tally;

/** Reads the rows of the measured tables as cases, and compares outcomes with them. */
final class MeasuredCase {
    private static final long MIB = 1 << 20;
    private static final int CLUSTER = 64 << 10;
    /** A file system may need a block or two for its own maps. */
    private static final long SLOP_KIB = 8;

    private MeasuredCase() {
    }

    static CopyCase of(Map<String, String> row) {
        Map<String, Object> mirror = new HashMap<>();
        mirror.put("sync", row.get("sync"));
        mirror.put("target-is-zero", row.get("target_is_zero").equals("True"));
        return CopyCase.of(source(row), target(row.get("creation")),
                Map.of("discard", row.get("discard"), "detect-zeroes", row.get("detect_zeroes")),
                mirror);
    }

    private static Layers source(Map<String, String> row) {
        ImageModel own = content(row.get("content"));
        ImageModel base = new ImageModel(20 * MIB).write(2 * MIB, 3 * MIB, 0xb5);
        return switch (row.getOrDefault("srcfmt", "raw")) {
            case "raw" -> Layers.raw(own);
            case "qcow2" -> Layers.qcow2(own, CLUSTER, null);
            case "qcow2+raw" -> Layers.qcow2(own, CLUSTER, Layers.raw(base));
            case "qcow2+qcow2" -> Layers.qcow2(own, CLUSTER, Layers.qcow2(base, CLUSTER, null));
            default -> throw new IllegalArgumentException(row.get("srcfmt"));
        };
    }

    private static ImageModel content(String content) {
        ImageModel source = new ImageModel(20 * MIB);
        return switch (content) {
            case "zclus" -> source.unwritten(4 * MIB, 4 * MIB).write(8 * MIB, 2 * MIB, 0x5a);
            case "data2M" -> source.write(8 * MIB, 2 * MIB, 0x5a);
            case "sparse" -> source;
            case "full" -> source.write(0, 20 * MIB, 0x5a);
            case "zeros" -> source.zeroes(0, 20 * MIB);
            default -> throw new IllegalArgumentException(content);
        };
    }

    private static ImageModel target(String creation) {
        ImageModel target = new ImageModel(20 * MIB);
        return switch (creation) {
            case "trunc" -> target;
            case "off" -> target.zeroes(0, 4096);
            case "falloc" -> target.unwritten(0, 20 * MIB).zeroes(0, 4096);
            case "full" -> target.zeroes(0, 20 * MIB);
            case "gsparse" -> target.write(MIB, 2 * MIB, 0xaa).write(8 * MIB, MIB, 0xaa)
                    .write(16 * MIB, MIB, 0xaa);
            case "gfull" -> target.write(0, 20 * MIB, 0xaa);
            default -> throw new IllegalArgumentException(creation);
        };
    }

    static List<String> mismatches(Map<String, String> row, CopyOutcome outcome) {
        List<String> mismatches = new ArrayList<>();
        expect(mismatches, row, "compare", outcome.identical() ? "identical" : "differs");
        expect(mismatches, row, "len_ready", outcome.len());
        expect(mismatches, row, "off_ready", outcome.len());
        expect(mismatches, row, "len_done", outcome.len());
        tally(mismatches, row, "writes", "write_bytes", outcome.writes());
        tally(mismatches, row, "zrange", "zrange_bytes", outcome.zeroes());
        tally(mismatches, row, "punch", "punch_bytes", outcome.unmaps());
        expect(mismatches, row, "fdatasync", outcome.durable() ? 1 : 0);
        long kib = outcome.after().allocatedBytes() >> 10;
        if (Math.abs(kib - Long.parseLong(row.get("kb_after"))) > SLOP_KIB) {
            mismatches.add("kb_after: " + kib);
        }
        return mismatches;
    }

    private static void tally(List<String> mismatches, Map<String, String> row, String count,
            String bytes,
            Tally tally) {
        expect(mismatches, row, count, tally.count());
        expect(mismatches, row, bytes, tally.bytes());
    }

    private static void expect(List<String> mismatches, Map<String, String> row, String column,
            Object value) {
        if (!row.get(column).equals(value.toString())) {
            mismatches.add(column + ": " + value);
        }
    }

    static CopyCase ofChunks(Map<String, String> row) {
        long size = number(row.get("size"));
        ImageModel source = new ImageModel(size);
        String[] layout = row.get("layout").split(" ");
        switch (layout[0]) {
            case "data" -> source.write(0, size, 0x5a);
            case "mix" -> mix(source);
            default -> source.size();
        }
        ImageModel target = new ImageModel(size);
        if (!row.get("target_init").equals("None")) {
            target.write(0, size, (int) number(row.get("target_init")));
        }
        String options = row.get("dst_opts");
        Map<String, Object> node =
                Map.of("discard", options.contains("'discard': 'unmap'") ? "unmap" : "ignore",
                "detect-zeroes", options.contains("'detect_zeroes': 'unmap'") ? "unmap" : "off");
        Map<String, Object> mirror = Map.of("sync", layout.length > 1 ? layout[1] : "full",
                "granularity", number(row.get("granularity")), "buf-size",
                number(row.get("buf_size")));
        return CopyCase.of(Layers.raw(source), target, node, mirror);
    }

    /** One block of data at the beginning of every MiB. */
    private static void mix(ImageModel source) {
        for (long offset = 0; offset < source.size(); offset += MIB) {
            source.write(offset, 4096, 0x5a);
        }
    }

    /**
     * The requests an NBD target logged, without flushes: {@code
     * zero/NOHOLE:20x=19660800{983040*20}}.
     */
    static Map<String, Tally> requests(String ops) {
        Map<String, Tally> requests = new TreeMap<>();
        for (MatchResult op : Pattern.compile("(\\S+):(\\d+)x=(\\d+)\\{").matcher(ops).results()
                .toList()) {
            if (!op.group(1).equals("flush")) {
                requests.put(op.group(1),
                        new Tally(Integer.parseInt(op.group(2)), Long.parseLong(op.group(3))));
            }
        }
        return requests;
    }

    /** What that NBD target would have logged: it took at most 32 MiB of zeroes in one request. */
    static Map<String, Tally> requests(CopyOutcome outcome) {
        Tally unmaps = outcome.unmaps();
        if (outcome.prezeroed()) {
            long step = (2 << 10) * MIB - (64 << 10);
            int perStep = Math.toIntExact(Math.ceilDiv(step, 32 * MIB));
            long last = outcome.after().size() % step;
            unmaps = new Tally((unmaps.count() - 1) * perStep
                    + Math.toIntExact(Math.ceilDiv(last, 32 * MIB)),
                    unmaps.bytes());
        }
        Map<String, Tally> requests = new TreeMap<>(Map.of("write", outcome.writes(),
                "zero/NOHOLE", outcome.zeroes(), "zero", unmaps));
        requests.values().removeIf(tally -> tally.count() == 0);
        return requests;
    }

    static long number(String cell) {
        return cell.equals("None") ? 0 : Long.parseLong(cell);
    }
}
