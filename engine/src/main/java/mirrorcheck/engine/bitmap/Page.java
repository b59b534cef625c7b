// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

import java.util.Arrays;

/** The lowest node: 4096 chunks, one bit each, in 64 words of 64; drawn at {@link Node}. */
final class Page extends Mixed {
    /**
     * log2 of the chunks of a page. 512 bytes of words: small beside what it describes, large
     * beside its header.
     */
    static final int SHIFT = 2 * FANOUT_SHIFT;

    private final long[] words = new long[FANOUT];

    /** A page whose chunks all have this value, about to be changed. */
    Page(boolean value) {
        super(SHIFT, value ? 1 << SHIFT : 0);
        Arrays.fill(words, value ? -1L : 0);
    }

    @Override
    public boolean get(long chunk) {
        return (words[wordOf(chunk)] >>> chunk & 1) != 0;
    }

    @Override
    public long next(long from, boolean value) {
        int index = wordOf(from);
        long hits = matching(index, value) & bitsFrom(from);
        while (hits == 0) {
            if (++index == FANOUT) {
                return -1;
            }
            hits = matching(index, value);
        }
        return ((long) index << FANOUT_SHIFT) + Long.numberOfTrailingZeros(hits);
    }

    /** A word with a 1 for every chunk that has this value. */
    private long matching(int index, boolean value) {
        return value ? words[index] : ~words[index];
    }

    @Override
    long change(long from, long to, boolean value) {
        int first = wordOf(from);
        int last = wordOf(to - 1);
        int growth = 0;
        for (int index = first; index <= last; index++) {
            long bits = (index == first ? bitsFrom(from) : -1L)
                    & (index == last ? bitsBefore(to) : -1L);
            long old = words[index];
            words[index] = value ? old | bits : old & ~bits;
            growth += Long.bitCount(words[index]) - Long.bitCount(old);
        }
        return growth;
    }

    @Override
    public long allocatedNodes() {
        return 1;
    }

    private static int wordOf(long chunk) {
        return (int) (chunk >> FANOUT_SHIFT);
    }

    /**
     * The bits of a word at and above that of {@code chunk}. Java shifts by the count modulo 64,
     * which is the bit.
     */
    private static long bitsFrom(long chunk) {
        return -1L << chunk;
    }

    /**
     * The bits of a word below that of {@code chunk}; all of them if {@code chunk} begins the next
     * word.
     */
    private static long bitsBefore(long chunk) {
        return -1L >>> -chunk;
    }
}
