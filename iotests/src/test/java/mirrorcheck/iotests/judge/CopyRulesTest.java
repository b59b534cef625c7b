// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Layers;
import mirrorcheck.iotests.judge.CopyOutcome.Tally;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rules say what was measured, in every row; and the few cases a reader should know by heart.
 */
class CopyRulesTest {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({"qemu-11.1-matrix-raw.tsv,1270", "qemu-11.1-matrix-qcow2.tsv,1595"})
    void everyMatrixRowIsReproduced(String table, int count) {
        List<Map<String, String>> rows = Table.read(table).rows();
        assertEquals(count, rows.size());
        List<String> mismatches = new ArrayList<>();
        for (Map<String, String> row : rows) {
            CopyOutcome outcome = CopyRules.judge(MeasuredCase.of(row));
            mismatches.addAll(MeasuredCase.mismatches(row, outcome).stream()
                    .map(m -> row + "\n  " + m).toList());
        }
        assertEquals(List.of(), mismatches);
    }

    @Test
    void everyOddSizeIsReproduced() {
        List<Map<String, String>> rows = Table.read("qemu-11.1-sizes-raw.tsv").rows();
        assertEquals(111, rows.size());
        for (Map<String, String> row : rows) {
            long size = Long.parseLong(row.get("size"));
            ImageModel source = new ImageModel(size);
            if (row.get("layout").equals("data")) {
                source.write(0, size, 0x5a);
            } else if (row.get("layout").equals("tail")) {
                long tail = Math.min(512, size);
                source.write(size - tail, tail, 0x5a);
            }
            CopyOutcome outcome = judge(source, new ImageModel(size), Map.of(), granularity(row));
            assertEquals(Long.parseLong(row.get("ready_len")), outcome.len(), row::toString);
            assertEquals(Long.parseLong(row.get("dst_size_after")), outcome.after().size(),
                    row::toString);
            assertTrue(outcome.identical(), row::toString);
            assertEquals("K=" + outcome.after().allocatedBytes() / KIB, row.get("target_ops"),
                    row::toString);
        }
    }

    @Test
    void everyTargetThatReadsAsZeroIsRecognised() {
        List<Map<String, String>> rows = Table.read("qemu-11.1-reads-as-zero-raw.tsv").rows();
        assertEquals(23, rows.size());
        for (Map<String, String> row : rows) {
            String elsewhere = row.get("allocated_zero_elsewhere");
            ImageModel target = new ImageModel(20 * MIB)
                    .zeroes(0, Long.parseLong(row.get("allocated_prefix_of_zero_bytes")));
            if (elsewhere.contains("nonzero byte at")) {
                int at = Integer.parseInt(elsewhere.replaceAll(".* ", ""));
                target.zeroes(0, 4096).write(at, 1, 0xff);
            } else {
                target.zeroes(Long.parseLong(elsewhere),
                        4096 * Math.min(1, Long.parseLong(elsewhere)));
            }
            ImageModel source = new ImageModel(20 * MIB).write(10 * MIB, 64 * KIB, 0x5a);
            String discard = row.get("dst").split(" ")[1];
            CopyOutcome outcome = judge(source, target, Map.of("discard", discard), Map.of());
            boolean skipped = outcome.zeroes().count() == 0;
            assertEquals(row.get("recognised_as_zero"), skipped ? "True" : "False", row::toString);
            assertTrue(outcome.identical(), row::toString);
        }
    }

    @Test
    void everyCutIntoRequestsIsReproduced() {
        List<Map<String, String>> rows = Table.read("qemu-11.1-chunks.tsv").rows();
        assertEquals(130, rows.size());
        for (Map<String, String> row : rows) {
            assertEquals(MeasuredCase.requests(row.get("ops")),
                    MeasuredCase.requests(CopyRules.judge(MeasuredCase.ofChunks(row))),
                    row::toString);
        }
    }

    @Test
    void aSparseTargetIsLeftAlone() {
        CopyOutcome outcome = judge(new ImageModel(20 * MIB).write(8 * MIB, 2 * MIB, 0x5a),
                new ImageModel(20 * MIB),
                Map.of(), Map.of());
        assertTrue(outcome.identical());
        assertEquals(new Tally(2, 2 * MIB), outcome.writes());
        assertEquals(Tally.NONE, outcome.zeroes());
        assertEquals(2 * MIB, outcome.after().allocatedBytes());
    }

    @Test
    void aFalseVouchLetsOldDataSurvive() {
        ImageModel old = new ImageModel(MIB).write(0, MIB, 0xaa);
        CopyOutcome outcome =
                judge(new ImageModel(MIB), old, Map.of(), Map.of("target-is-zero", true));
        assertFalse(outcome.identical());
        assertEquals(Tally.NONE, outcome.zeroes());
        assertTrue(outcome.after().readsLike(old));
    }

    @Test
    void theCaseIsNotChanged() {
        ImageModel target = new ImageModel(MIB);
        judge(new ImageModel(MIB).write(0, MIB, 1), target, Map.of(), Map.of());
        assertEquals(0, target.allocatedBytes());
    }

    private static Map<String, Object> granularity(Map<String, String> row) {
        Map<String, Object> options = new HashMap<>();
        options.put("granularity", MeasuredCase.number(row.get("granularity")));
        return options;
    }

    private static CopyOutcome judge(ImageModel source, ImageModel target, Map<String, ?> node,
            Map<String, ?> mirror) {
        return CopyRules.judge(CopyCase.of(Layers.raw(source), target, node, mirror));
    }
}
