// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.image;

/**
 * What a range of an image holds, and how the host keeps it.
 *
 * @param kind    how the host keeps it
 * @param pattern the byte its data was made of, 1 to 255; 0 if it reads as zero
 */
public record Cell(Kind kind, int pattern) {
    /** How the host keeps a range. */
    public enum Kind {
        /** Not allocated; reads as zero. */
        HOLE,
        /** Allocated, never written: what fallocate leaves. Reads as zero, and the host says so. */
        UNWRITTEN,
        /** Allocated, and zero bytes were written. Reads as zero, but the host calls it data. */
        ZEROES,
        /** Allocated, with a pattern in it. */
        DATA
    }

    public static final Cell HOLE = new Cell(Kind.HOLE, 0);
    public static final Cell UNWRITTEN = new Cell(Kind.UNWRITTEN, 0);
    public static final Cell ZEROES = new Cell(Kind.ZEROES, 0);

    /** A pattern is a byte other than zero exactly where there is data. */
    public Cell {
        if (pattern < 0 || pattern > 255 || (pattern != 0) != (kind == Kind.DATA)) {
            throw new IllegalArgumentException("pattern: not a byte from 0x01 to 0xff: " + pattern);
        }
    }

    /** Data made of this pattern byte. */
    public static Cell data(int pattern) {
        return new Cell(Kind.DATA, pattern);
    }

    /** Whether the host has given it blocks. */
    public boolean allocated() {
        return kind != Kind.HOLE;
    }

    /** Whether the host says, unread, that it reads as zero (a hole for SEEK_HOLE). */
    public boolean knownZero() {
        return kind == Kind.HOLE || kind == Kind.UNWRITTEN;
    }

    /** Whether it reads as zero. */
    public boolean readsZero() {
        return kind != Kind.DATA;
    }
}
