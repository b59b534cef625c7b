// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Zstandard frames (RFC 8878) that are followed by bytes of others.
 *
 * <pre>
 * frame   magic 0xfd2fb528 (4) | descriptor (1) | window (0-1) | dictionary id (0-4) |
 *         content size (0-8) | blocks | checksum (0-4)
 * block   header, 3 bytes little-endian: 23 ... 3 size | 2, 1 type | 0 last
 * </pre>
 */
final class Zstd {
    private static final int MAGIC = 0xfd2fb528;
    private static final int TYPE_RLE = 1;
    private static final int[] DICTIONARY_BYTES = {0, 1, 2, 4};
    private static final int[] CONTENT_SIZE_BYTES = {0, 2, 4, 8};

    private Zstd() {
    }

    /**
     * Expands frames until the cluster is full.
     *
     * @return the bytes that came out, or -1 if there is no frame or it is damaged
     */
    static int expand(byte[] packed, byte[] cluster) {
        ZstdJavaDecompressor decompressor = new ZstdJavaDecompressor();
        int from = 0;
        int got = 0;
        while (got < cluster.length) {
            int end = frameEnd(packed, from);
            if (end < 0) {
                return got == 0 ? -1 : got;
            }
            try {
                got += decompressor.decompress(packed, from, end - from, cluster, got,
                        cluster.length - got);
            } catch (MalformedInputException | IllegalArgumentException
                    | IndexOutOfBoundsException e) {
                return -1;
            }
            from = end;
        }
        return got;
    }

    /** Where the frame that begins at {@code from} ends, or -1 if there is none. */
    private static int frameEnd(byte[] packed, int from) {
        ByteBuffer bytes = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
        if (packed.length - from < 5 || bytes.getInt(from) != MAGIC) {
            return -1;
        }
        int descriptor = packed[from + 4] & 0xff;
        boolean single = (descriptor & 0x20) != 0;
        int contentSize = CONTENT_SIZE_BYTES[descriptor >> 6];
        int at = from + 5 + (single ? 0 : 1) + DICTIONARY_BYTES[descriptor & 3]
                + (contentSize == 0 && single ? 1 : contentSize);
        boolean last = false;
        while (!last) {
            if (packed.length - at < 3) {
                return -1;
            }
            int block = bytes.getShort(at) & 0xffff | (packed[at + 2] & 0xff) << 16;
            last = (block & 1) != 0;
            at += 3 + ((block >> 1 & 3) == TYPE_RLE ? 1 : block >> 3);
        }
        at += (descriptor & 4) != 0 ? 4 : 0;
        return at <= packed.length ? at : -1;
    }
}
