// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.BitSet;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories against a BitSet with one bit a chunk. A failure names its seed and step; the
 * seed alone gives length, granularity and every operation.
 */
class BitmapModelTest {
    private static final int STEPS = 400;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void behavesLikeOneBitAChunk(long seed) {
        new History(seed).run();
    }

    /** One bitmap, its model, and the dice. */
    private static final class History {
        private final long seed;
        private final Random random;
        private final long granularity;
        private final long length;
        private final int chunks;
        private final Bitmap bitmap;
        private final BitSet model = new BitSet();

        History(long seed) {
            this.seed = seed;
            random = new Random(seed);
            granularity = 512L << random.nextInt(18);
            // 1 to 600 000 chunks: a page alone, one branch above it, two branches above it.
            chunks = 1 + random.nextInt(1 << 8 + random.nextInt(3) * 6) % 600_000;
            length = chunks * granularity - random.nextLong(granularity);
            bitmap = new Bitmap(length, granularity);
        }

        void run() {
            for (int step = 1; step <= STEPS; step++) {
                String at = "seed " + seed + ", step " + step;
                change();
                ask(at);
                if (step % 100 == 0) {
                    compareEveryChunk(at);
                }
            }
        }

        private void change() {
            long offset = randomOffset();
            long bytes = randomBytes(offset);
            int touchedFrom = (int) (offset / granularity);
            int touchedTo = bytes == 0 ? touchedFrom : ceil(offset + bytes);
            int coveredFrom = ceil(offset);
            int coveredTo = Math.max(coveredFrom, offset + bytes == length
                    ? chunks : (int) ((offset + bytes) / granularity));
            switch (random.nextInt(20)) {
                case 0 -> {
                    bitmap.setAll();
                    model.set(0, chunks);
                }
                case 1 -> {
                    bitmap.clearAll();
                    model.clear();
                }
                case 2, 3, 4, 5, 6 -> {
                    bitmap.setOutwards(offset, bytes);
                    model.set(touchedFrom, touchedTo);
                }
                case 7, 8, 9, 10, 11 -> {
                    bitmap.clearOutwards(offset, bytes);
                    model.clear(touchedFrom, touchedTo);
                }
                case 12, 13, 14, 15 -> {
                    bitmap.setInwards(offset, bytes);
                    model.set(coveredFrom, coveredTo);
                }
                default -> {
                    bitmap.clearInwards(offset, bytes);
                    model.clear(coveredFrom, coveredTo);
                }
            }
        }

        /** Half of the ranges are short, some end at the length, the others are of any size. */
        private long randomBytes(long offset) {
            long rest = length - offset;
            return switch (random.nextInt(8)) {
                case 0, 1, 2, 3 -> Math.min(rest, random.nextLong(3 * granularity));
                case 4 -> Math.min(rest, granularity * random.nextInt(200));
                case 5 -> rest;
                default -> random.nextLong(rest + 1);
            };
        }

        /** Often at a chunk, sometimes at a page, a branch or the end. */
        private long randomOffset() {
            long any = random.nextLong(length + 1);
            return switch (random.nextInt(8)) {
                case 0 -> any / (granularity << 12) * (granularity << 12);
                case 1 -> any / (granularity << 18) * (granularity << 18);
                case 2, 3, 4 -> any / granularity * granularity;
                case 5 -> length - Math.min(length, random.nextLong(2 * granularity));
                default -> any;
            };
        }

        private int ceil(long offset) {
            return (int) ((offset + granularity - 1) / granularity);
        }

        private long startOf(int chunk) {
            return chunk < 0 || chunk >= chunks ? -1 : chunk * granularity;
        }

        private void ask(String at) {
            long last = model.get(chunks - 1) ? chunks * granularity - length : 0;
            assertEquals(model.cardinality() * granularity - last, bitmap.setBytes(), at);
            for (int i = 0; i < 10; i++) {
                long offset = random.nextLong(length);
                long bytes = randomBytes(offset);
                int chunk = (int) (offset / granularity);
                int end = bytes == 0 ? chunk : ceil(offset + bytes);
                String question = at + ": offset " + offset + ", bytes " + bytes;
                int set = model.nextSetBit(chunk);
                int clear = model.nextClearBit(chunk);
                assertEquals(model.get(chunk), bitmap.get(offset), question);
                assertEquals(startOf(set), bitmap.nextSet(offset), question);
                assertEquals(startOf(clear), bitmap.nextClear(offset), question);
                assertEquals(clear >= end, bitmap.allSet(offset, bytes), question);
                assertEquals(set < 0 || set >= end, bitmap.noneSet(offset, bytes), question);
            }
        }

        private void compareEveryChunk(String at) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                boolean set = bitmap.get(chunk * granularity);
                if (set != model.get(chunk)) {
                    fail(at + ": chunk " + chunk + ": " + set);
                }
            }
            assertEquals(mixedNodes(), bitmap.allocatedNodes(), at + ": allocated nodes");
        }

        /** The nodes that hold both values, if the chunks behind the end are like the last one. */
        private long mixedNodes() {
            long mixed = 0;
            long span = 1L << 6;
            do {
                span <<= 6;
                for (long start = 0; start < chunks; start += span) {
                    int from = (int) start;
                    int to = (int) Math.min(start + span, chunks);
                    int set = model.get(from, to).cardinality();
                    mixed += set > 0 && set < to - from ? 1 : 0;
                }
            } while (span < chunks || span < 1L << 12);
            return mixed;
        }
    }
}
