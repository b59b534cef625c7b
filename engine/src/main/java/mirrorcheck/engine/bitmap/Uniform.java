// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

import java.util.stream.IntStream;

/**
 * A node whose chunks are all alike. Immutable; one instance a size and value, shared by all
 * bitmaps.
 */
record Uniform(int shift, boolean value) implements Node {
    /** Enough for 2^54 chunks, which is 8 EiB in chunks of 512 bytes. */
    static final int MAX_SHIFT = 54;

    private static final Uniform[] CLEAR = ofEverySize(false);
    private static final Uniform[] SET = ofEverySize(true);

    private static Uniform[] ofEverySize(boolean value) {
        return IntStream.rangeClosed(0, MAX_SHIFT / FANOUT_SHIFT)
                .mapToObj(level -> new Uniform(level * FANOUT_SHIFT, value))
                .toArray(Uniform[]::new);
    }

    /** The uniform node of {@code 2^shift} chunks; {@code shift} is 12, 18, 24, ... 54. */
    static Uniform of(int shift, boolean value) {
        return (value ? SET : CLEAR)[shift / FANOUT_SHIFT];
    }

    @Override
    public long setChunks() {
        return value ? span() : 0;
    }

    @Override
    public boolean get(long chunk) {
        return value;
    }

    @Override
    public long next(long from, boolean wanted) {
        return wanted == value ? from : -1;
    }

    @Override
    public Node fill(long from, long to, boolean wanted) {
        if (wanted == value) {
            return this;
        }
        if (to - from == span()) {
            return of(shift, wanted);
        }
        Mixed split = shift == Page.SHIFT ? new Page(value) : new Branch(this);
        return split.fill(from, to, wanted);
    }

    @Override
    public long allocatedNodes() {
        return 0;
    }
}
