// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

/**
 * A node with memory of its own. It knows how many of its chunks are set, and so, without a look at
 * them, when they have become all alike and it must give way to a {@link Uniform}.
 */
abstract sealed class Mixed implements Node permits Branch, Page {
    private final int shift;
    private long setChunks;

    Mixed(int shift, long setChunks) {
        this.shift = shift;
        this.setChunks = setChunks;
    }

    @Override
    public final int shift() {
        return shift;
    }

    @Override
    public final long setChunks() {
        return setChunks;
    }

    @Override
    public final Node fill(long from, long to, boolean value) {
        if (to - from == span()) {
            return Uniform.of(shift, value);
        }
        setChunks += change(from, to, value);
        boolean alike = setChunks == 0 || setChunks == span();
        return alike ? Uniform.of(shift, setChunks != 0) : this;
    }

    /**
     * Fills part of the node and answers by how much the number of set chunks grew; negative if it
     * shrank.
     */
    abstract long change(long from, long to, boolean value);
}
