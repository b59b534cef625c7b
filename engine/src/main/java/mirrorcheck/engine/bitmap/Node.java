// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

/**
 * One bit for each of {@code 2^shift} chunks, as a tree that is deep only where chunks differ.
 *
 * <pre>
 *   shift 24   Branch   [ S | S | * | C | C |  ...  | C ]     64 children of 2^18 chunks
 *                                 |
 *   shift 18   Branch   [ C | * | C | C | S |  ...  | S ]     64 children of 2^12 chunks
 *                             |
 *   shift 12   Page     [ 1111 | 0110 | 0000 |  ...     ]     64 words of 64 chunks, low bit first
 *
 *   C, S       Uniform  all clear, all set: shared by everyone, so it costs the one reference to it
 * </pre>
 *
 * <p>The invariant everything rests on: <b>a branch or a page holds both values</b>, or it would be
 * a uniform node. So memory follows the changes of value and not the size of the image (a page
 * takes 1.1 bits a chunk, the branches above a lonely page 300 bytes each), and a search leaves the
 * way down at most once: the first node behind it that is not uniformly the other value holds the
 * answer.
 *
 * <p>Chunks are numbered from 0 within each node. Ranges are half-open and not empty.
 */
sealed interface Node permits Uniform, Mixed {
    /**
     * log2 of the children of a branch, and of the words of a page: 64 of each, 64 chunks a word.
     */
    int FANOUT_SHIFT = 6;

    int FANOUT = 1 << FANOUT_SHIFT;

    /**
     * How many chunks this node stands for, as a power of two: 12 for a page, then 18, 24, ... 54.
     */
    int shift();

    default long span() {
        return 1L << shift();
    }

    /** How many chunks are set; known, not counted. */
    long setChunks();

    boolean get(long chunk);

    /** The first chunk at or after {@code from} that has this value, or -1. */
    long next(long from, boolean value);

    /**
     * Gives every chunk of {@code [from, to)} this value.
     *
     * @return the node that stands here from now on: this one, changed, or one to put in its place
     */
    Node fill(long from, long to, boolean value);

    /** How many pages and branches have memory of their own, this one included. */
    long allocatedNodes();
}
