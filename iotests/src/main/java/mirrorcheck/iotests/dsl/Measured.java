// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.iotests.ends.Request.Kind;
import mirrorcheck.iotests.image.Cell;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.judge.AllocationJudge;
import mirrorcheck.iotests.judge.Table;

/**
 * Compares mirrors with the rows of the measured matrices of raw targets: what QEMU 11.1 did with
 * the same options.
 */
final class Measured {
    private static final long SIZE = 20 << 20;
    private static final long DATA = 8 << 20;
    private static final long DATA_BYTES = 2 << 20;
    private static final long ZERO_CLUSTERS = 4 << 20;
    private static final long BASE_DATA = 2 << 20;
    private static final long BASE_BYTES = 3 << 20;
    private static final Map<String, String> CREATIONS =
            Map.of("external", "trunc", "off", "off", "falloc", "falloc", "full", "full",
            "old-sparse", "gsparse",
                    "old-full", "gfull");

    /** The table is large and most scripts never look at it. */
    private static final class Rows {
        static final Map<String, Map<String, String>> BY_KEY = byKey();

        private static List<Map<String, String>> tables() {
            List<Map<String, String>> rows =
                    new ArrayList<>(Table.read("qemu-11.1-matrix-raw.tsv").rows());
            rows.addAll(Table.read("qemu-11.1-matrix-qcow2.tsv").rows());
            return rows;
        }

        private static Map<String, Map<String, String>> byKey() {
            Map<String, Map<String, String>> rows = new HashMap<>();
            for (Map<String, String> row : tables()) {
                rows.put(String.join(" ", row.get("srcfmt"), row.get("content"),
                        row.get("creation"), row.get("discard"),
                        row.get("detect_zeroes"), row.get("sync"), row.get("target_is_zero"),
                        row.get("copy_mode")), row);
            }
            return rows;
        }
    }

    private int compared;

    /** How many mirrors had a row. */
    int compared() {
        return compared;
    }

    /** Records a difference from the row of this mirror, if there is a row. */
    void compare(Stage stage, Image source, Image target, Job job, Arrived arrived,
            long allocated) {
        Map<String, String> row = Rows.BY_KEY.get(key(source, target, job.options()));
        if (row == null) {
            return;
        }
        compared++;
        List<String> differences = new ArrayList<>();
        differ(differences, row, "compare",
                target.getModel().readsLike(source.getModel()) ? "identical" : "differs");
        differ(differences, row, "write_bytes", arrived.bytes(Kind.WRITE));
        differ(differences, row, "zrange_bytes", arrived.bytes(Kind.WRITE_ZEROES));
        differ(differences, row, "punch_bytes", arrived.bytes(Kind.WRITE_ZEROES_UNMAP));
        if (job.getProgressAtReady() != null) {
            differ(differences, row, "len_ready", job.getProgressAtReady().len());
            differ(differences, row, "off_ready", job.getProgressAtReady().offset());
        }
        long measured = Long.parseLong(row.get("kb_after")) << 10;
        if (Math.abs(allocated - measured) > AllocationJudge.SLOP) {
            differences.add("kb_after=" + (allocated >> 10) + " for " + row.get("kb_after"));
        }
        if (!differences.isEmpty()) {
            stage.violation("COST-2", target.getName(), String.join(", ", differences),
                    "what was measured");
        }
    }

    private static void differ(List<String> differences, Map<String, String> row, String column,
            Object seen) {
        if (!row.get(column).equals(seen.toString())) {
            differences.add(column + "=" + seen + " for " + row.get(column));
        }
    }

    private static String key(Image source, Image target, Map<String, Object> mirror) {
        Map<String, Object> node = target.nodeOptions();
        Object vouched = mirror.get("target-is-zero");
        return String.join(" ", formats(source), content(source), CREATIONS.get(target.creation()),
                node.getOrDefault("discard", "ignore").toString(),
                node.getOrDefault("detect-zeroes", "off").toString(),
                mirror.get("sync").toString(),
                vouched == null ? "None" : vouched.equals(true) ? "True" : "False",
                mirror.getOrDefault("copy-mode", "background").toString());
    }

    /** The format of a source and of what lies below it, if that holds what it held there. */
    private static String formats(Image source) {
        Image base = source.format().backing();
        if (base == null) {
            return source.format().name();
        }
        ImageModel held = base.before();
        boolean same = base.getSize() == SIZE && base.format().backing() == null
                && held.all(0, BASE_DATA, Cell::knownZero)
                && held.all(BASE_DATA, BASE_BYTES, cell -> !cell.readsZero())
                && held.all(BASE_DATA + BASE_BYTES, SIZE - BASE_DATA - BASE_BYTES,
                        Cell::knownZero);
        return same ? source.format().name() + "+" + base.format().name() : "-";
    }

    /** The sources of the matrix, by what their top layer holds. */
    private static String content(Image image) {
        ImageModel source = image.layers().own();
        if (source.size() != SIZE) {
            return "-";
        }
        if (source.all(0, SIZE, Cell.HOLE::equals)) {
            return "sparse";
        }
        if (source.all(0, SIZE, cell -> !cell.readsZero())) {
            return "full";
        }
        if (source.all(0, SIZE, Cell.ZEROES::equals)) {
            return "zeros";
        }
        boolean middle = source.all(DATA, DATA_BYTES, cell -> !cell.readsZero())
                && source.all(DATA + DATA_BYTES, SIZE - DATA - DATA_BYTES, Cell.HOLE::equals);
        if (middle && source.all(0, DATA, Cell.HOLE::equals)) {
            return "data2M";
        }
        return middle && source.all(0, ZERO_CLUSTERS, Cell.HOLE::equals)
                && source.all(ZERO_CLUSTERS, DATA - ZERO_CLUSTERS, Cell.UNWRITTEN::equals)
                ? "zclus" : "-";
    }
}
