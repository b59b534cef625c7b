// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import mirrorcheck.iotests.image.RangeMap.Run;
import org.junit.jupiter.api.Test;

/** The model is what a byte array would be, only sparse. */
class ImageModelTest {
    @Test
    void runsJoinAndSplit() {
        ImageModel model = new ImageModel(100).write(10, 10, 1).write(20, 10, 1).zeroes(15, 5);
        assertEquals(List.of(new Run<>(0, 10, Cell.HOLE), new Run<>(10, 5, Cell.data(1)),
                new Run<>(15, 5, Cell.ZEROES),
                new Run<>(20, 10, Cell.data(1)), new Run<>(30, 70, Cell.HOLE)), model.cells());
        assertEquals(List.of(new Run<>(12, 3, Cell.data(1)), new Run<>(15, 1, Cell.ZEROES)),
                model.cells(12, 4));
    }

    @Test
    void anyHistoryIsThatOfAByteArray() {
        long seed = 20260101;
        Random random = new Random(seed);
        int[] bytes = new int[300];
        RangeMap<Integer> map = new RangeMap<>(300, 0);
        for (int step = 0; step < 5000; step++) {
            int offset = random.nextInt(300);
            int length = random.nextInt(300 - offset + 1);
            int value = random.nextInt(3);
            java.util.Arrays.fill(bytes, offset, offset + length, value);
            map.put(offset, length, value);
            int runs = 0;
            for (int i = 0; i < 300; i++) {
                assertEquals(bytes[i], map.at(i), "seed " + seed + " step " + step);
                runs += i == 0 || bytes[i] != bytes[i - 1] ? 1 : 0;
            }
            assertEquals(runs, map.runs().size(), "seed " + seed + " step " + step);
        }
    }

    @Test
    void aTebibyteCostsNothing() {
        ImageModel model = new ImageModel(1L << 40).write(1L << 39, 4096, 7);
        assertEquals(4096, model.allocatedBytes());
        assertEquals(3, model.cells().size());
    }

    @Test
    void blocksAreCountedOnceAndWhole() {
        assertEquals(4096, new ImageModel(8192).write(0, 1, 1).write(100, 1, 1).allocatedBytes());
        assertEquals(8192, new ImageModel(8192).write(4095, 2, 1).allocatedBytes());
    }

    @Test
    void aHoleFreesWholeBlocksOnly() {
        ImageModel model = new ImageModel(12288).write(0, 12288, 1).punch(1000, 8000);
        assertEquals(8192, model.allocatedBytes());
        assertTrue(model.all(1000, 8000, Cell::readsZero));
        assertFalse(model.all(999, 1, Cell::readsZero));
    }

    @Test
    void imagesAreComparedByWhatTheyRead() {
        assertTrue(new ImageModel(512).readsLike(new ImageModel(1024).zeroes(600, 10)));
        assertFalse(new ImageModel(512).readsLike(new ImageModel(1024).write(600, 10, 1)));
        assertFalse(new ImageModel(512).write(0, 512, 1)
                .readsLike(new ImageModel(512).write(0, 512, 2)));
    }

    @Test
    void aRangePastTheEndIsRefused() {
        assertThrows(IndexOutOfBoundsException.class, () -> new ImageModel(512).write(500, 13, 1));
        assertThrows(IllegalArgumentException.class, () -> new ImageModel(512).write(0, 1, 0));
    }
}
