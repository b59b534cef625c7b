// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A table of the image in memory, and what of it the file does not have yet. Not safe for several
 * threads: guarded by the metadata lock.
 */
final class Table {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    /** Parts are written in whole blocks of this size: what disks write as one. */
    private static final int BLOCK = 4096;

    private final long offset;
    private final byte[] bytes;
    /** Whether nothing durable refers to the table yet. */
    private boolean fresh;
    private int dirtyFrom = Integer.MAX_VALUE;
    private int dirtyTo;
    private int saving;

    /**
     * @param offset where it is in the file
     * @param bytes  its content, used as it is
     * @param fresh  whether nothing in the file refers to it yet: it is then dirty as a whole
     */
    Table(long offset, byte[] bytes, boolean fresh) {
        this.offset = offset;
        this.bytes = bytes;
        this.fresh = fresh;
        if (fresh) {
            touch(0, bytes.length);
        }
    }

    long offset() {
        return offset;
    }

    byte[] bytes() {
        return bytes;
    }

    long getLong(int at) {
        return (long) LONGS.get(bytes, at);
    }

    void setLong(int at, long value) {
        LONGS.set(bytes, at, value);
        touch(at, at + Long.BYTES);
    }

    /** Notes that bytes were changed. */
    void touch(int from, int to) {
        dirtyFrom = Math.min(dirtyFrom, from);
        dirtyTo = Math.max(dirtyTo, to);
    }

    boolean isFresh() {
        return fresh;
    }

    /** Whether the file has all of it, so that it can be forgotten. */
    boolean isClean() {
        return dirtyTo == 0 && saving == 0;
    }

    boolean isDirty() {
        return dirtyTo > 0;
    }

    /** Takes a copy of what is dirty, to be written by one thread while others go on. */
    Save beginSave() {
        int block = Math.min(BLOCK, bytes.length);
        int from = dirtyFrom & -block;
        int to = Math.min(bytes.length, dirtyTo + block - 1 & -block);
        byte[] copy = new byte[to - from];
        System.arraycopy(bytes, from, copy, 0, copy.length);
        dirtyFrom = Integer.MAX_VALUE;
        dirtyTo = 0;
        saving++;
        return new Save(this, offset + from, copy);
    }

    /** A part of a table on its way to the file. */
    record Save(Table table, long offset, byte[] copy) {
        /** Ends the save; what did not reach the file is dirty again. */
        void end(boolean written) {
            table.saving--;
            if (!written) {
                int from = (int) (offset - table.offset);
                table.touch(from, from + copy.length);
            } else {
                table.fresh = false;
            }
        }
    }
}
