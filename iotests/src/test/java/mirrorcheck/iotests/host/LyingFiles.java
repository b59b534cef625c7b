// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import mirrorcheck.engine.host.Errno;

/**
 * A file system in memory that allocates 4 KiB blocks as it should, or lies in the ways it is told
 * to.
 */
final class LyingFiles implements ProbeFiles {
    /** What a real file system somewhere does. */
    enum Lie {
        /** Every file is allocated whole (FAT). */
        NO_HOLES,
        /** Written data takes next to nothing (btrfs and ZFS with compression). */
        COMPRESSES,
        /** Written zeroes become holes (ZFS with compression). */
        ZEROES_BECOME_HOLES,
        /** A punched hole reads as zero and frees nothing. */
        PUNCH_FREES_NOTHING,
        /** A punched hole frees its blocks and reads as before. */
        PUNCH_KEEPS_DATA,
        /** A zero range frees its blocks. */
        ZERO_RANGE_FREES,
        /** fallocate returns 0 and does nothing. */
        FALLOCATE_DOES_NOTHING,
        /** SEEK_DATA answers as if there were no holes (the generic implementation). */
        SEEK_SEES_NO_HOLES,
        /** O_DIRECT reads stale bytes. */
        DIRECT_READS_STALE
    }

    private static final int BLOCK = 4096;
    private static final int MOST = 8 << 20;

    private final Set<Lie> lies = EnumSet.noneOf(Lie.class);
    private final int block;
    Errno refused;
    Errno refusedDirect;
    long free = Long.MAX_VALUE;
    int open;

    LyingFiles(Lie... told) {
        this(BLOCK, told);
    }

    LyingFiles(int block, Lie... told) {
        this.block = block;
        lies.addAll(Arrays.asList(told));
    }

    @Override
    public File create(boolean direct) throws IOException {
        if (direct && refusedDirect != null) {
            throw new IOException(refusedDirect.text());
        }
        open++;
        return new LyingFile(direct);
    }

    @Override
    public long free() {
        return free;
    }

    private final class LyingFile implements File {
        private final boolean direct;
        private final byte[] bytes = new byte[MOST];
        private final Set<Integer> allocated = new TreeSet<>();
        private long size;

        LyingFile(boolean direct) {
            this.direct = direct;
        }

        @Override
        public void write(long offset, byte[] from) throws IOException {
            refuse();
            System.arraycopy(from, 0, bytes, (int) offset, from.length);
            size = Math.max(size, offset + from.length);
            boolean zeroes = Arrays.equals(from, new byte[from.length]);
            if (!lies.contains(Lie.COMPRESSES)
                    && !(zeroes && lies.contains(Lie.ZEROES_BECOME_HOLES))) {
                mark(offset, from.length);
            }
        }

        @Override
        public void read(long offset, byte[] into) {
            if (!(direct && lies.contains(Lie.DIRECT_READS_STALE))) {
                System.arraycopy(bytes, (int) offset, into, 0, into.length);
            }
        }

        @Override
        public void truncate(long length) throws IOException {
            refuse();
            size = length;
        }

        @Override
        public void allocate(long offset, long length) {
            if (!lies.contains(Lie.FALLOCATE_DOES_NOTHING)) {
                mark(offset, length);
                size = Math.max(size, offset + length);
            }
        }

        @Override
        public void punchHole(long offset, long length) {
            if (!lies.contains(Lie.PUNCH_KEEPS_DATA)) {
                Arrays.fill(bytes, (int) offset, (int) (offset + length), (byte) 0);
            }
            if (!lies.contains(Lie.PUNCH_FREES_NOTHING)) {
                free(offset, length);
            }
        }

        @Override
        public void zeroRange(long offset, long length) {
            Arrays.fill(bytes, (int) offset, (int) (offset + length), (byte) 0);
            if (lies.contains(Lie.ZERO_RANGE_FREES)) {
                free(offset, length);
            } else {
                mark(offset, length);
            }
        }

        @Override
        public OptionalLong seekData(long offset) {
            return seek(offset, true);
        }

        @Override
        public OptionalLong seekHole(long offset) {
            return seek(offset, false);
        }

        private OptionalLong seek(long offset, boolean data) {
            if (lies.contains(Lie.SEEK_SEES_NO_HOLES)) {
                return OptionalLong.of(data ? offset : size);
            }
            long at = offset;
            while (at < size && allocated.contains((int) (at / block)) != data) {
                at += block;
            }
            return at < size ? OptionalLong.of(at) : data ? OptionalLong.empty()
                    : OptionalLong.of(size);
        }

        @Override
        public void sync() {
            // Memory is as durable as it gets.
        }

        @Override
        public long allocatedBytes() {
            return lies.contains(Lie.NO_HOLES) ? size : (long) allocated.size() * block;
        }

        @Override
        public void close() {
            open--;
        }

        private void refuse() throws IOException {
            if (refused != null) {
                throw new IOException(refused.text());
            }
        }

        private void mark(long offset, long length) {
            for (long at = offset / block; at * block < offset + length; at++) {
                allocated.add((int) at);
            }
        }

        private void free(long offset, long length) {
            for (long at = offset / block; at * block < offset + length; at++) {
                allocated.remove((int) at);
            }
        }
    }
}
