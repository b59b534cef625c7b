// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.ends;

/**
 * One request as it reached an end of the copy that the suite watches.
 *
 * @param kind   what was asked
 * @param offset first byte
 * @param bytes  length; 0 for a flush
 */
public record Request(Kind kind, long offset, long bytes) {
    /** The kinds of request, in the words of transcripts. */
    public enum Kind {
        READ("read"),
        WRITE("write"),
        /**
         * Zero write that keeps the allocation: NBD WRITE_ZEROES with NO_HOLE, FALLOC_FL_ZERO_RANGE
         * on a file.
         */
        WRITE_ZEROES("write-zeroes"),
        /**
         * Zero write that may deallocate: NBD WRITE_ZEROES without NO_HOLE, FALLOC_FL_PUNCH_HOLE on
         * a file.
         */
        WRITE_ZEROES_UNMAP("write-zeroes-unmap"),
        /** NBD TRIM. */
        DISCARD("discard"),
        FLUSH("flush"),
        BLOCK_STATUS("block-status");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** Whether it writes zeroes without sending them. */
        public boolean isZero() {
            return this == WRITE_ZEROES || this == WRITE_ZEROES_UNMAP;
        }

        /** The word in transcripts and scripts. */
        public String word() {
            return word;
        }
    }
}
