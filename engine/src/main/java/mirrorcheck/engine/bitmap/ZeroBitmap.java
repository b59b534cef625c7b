// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

/**
 * The chunks of the target known to read as zero, so that zeroes need not be written over zeroes.
 *
 * <p>A bit may be missing for nothing, at the cost of a zero write; a bit that is set wrongly
 * leaves old data on the target. So knowledge is lost outwards and early, and gained inwards and
 * late:
 *
 * <pre>
 *   data write, discard    clear, then issue the request
 *   zero write             if covers, skip it; else issue it, and set once it has succeeded
 * </pre>
 *
 * <p>A new bitmap knows nothing. Not safe for use by several threads: callers hold the lock of the
 * job. Ranges outside of the image are refused with IndexOutOfBoundsException and change nothing.
 */
public class ZeroBitmap {
    /** The bits themselves, for variants that round another way. */
    protected final Bitmap bits;

    /**
     * A bitmap with nothing known to be zero.
     *
     * @throws IllegalArgumentException as {@link Bitmap#Bitmap}
     */
    public ZeroBitmap(long length, long granularity) {
        bits = new Bitmap(length, granularity);
    }

    /** The length of the target in bytes. */
    public long length() {
        return bits.length();
    }

    /** The bytes of a chunk. */
    public long granularity() {
        return bits.granularity();
    }

    /**
     * The whole target reads as zero: it was found so, was just zeroed, or the user vouches for it.
     */
    public void fill() {
        bits.setAll();
    }

    /**
     * Forgets every chunk that the range touches. Call it <em>before</em> a data write or a discard
     * is issued, for even one that fails may have changed any part of its range.
     */
    public void clear(long offset, long bytes) {
        bits.clearOutwards(offset, bytes);
    }

    /**
     * Remembers the chunks that the range covers wholly. Call it <em>after</em> a zero write has
     * succeeded: of a chunk it only touches, the rest is not known.
     */
    public void set(long offset, long bytes) {
        bits.setInwards(offset, bytes);
    }

    /**
     * Whether the whole range is known to read as zero: every chunk it touches is; true for 0
     * bytes.
     */
    public boolean covers(long offset, long bytes) {
        return bits.allSet(offset, bytes);
    }

    /**
     * The bytes of all chunks known to be zero; of the last chunk only those before {@link
     * #length()}.
     */
    public long zeroBytes() {
        return bits.setBytes();
    }
}
