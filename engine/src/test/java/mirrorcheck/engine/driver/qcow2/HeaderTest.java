// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a header may say, and the exact words for what it may not. */
class HeaderTest {
    private static final NodeOptions OPTIONS = NodeOptions.named("image");
    private static final CreateOptions SMALL =
            CreateOptions.ofSize(256 << 10).withClusterSize(512);

    private static Qcow2Node open(byte[] image, NodeOptions options) throws BlockException {
        return Qcow2Node.open(options,
                new Qcow2Node.Children(GrowingNode.of(image), null, null, List.of()));
    }

    private static void assertRefused(String message, byte[] image) {
        BlockException e = assertThrows(BlockException.class,
                () -> open(image, OPTIONS.withReadOnly(true)));
        assertEquals(message, e.getMessage());
        assertEquals(Errno.EINVAL, e.errno());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
              0 | 4 | 0x514649fc | Image is not in qcow2 format
              4 | 4 | 1 | qcow2 header: version 1: must be 2 to 3
              4 | 4 | 4 | qcow2 header: version 4: must be 2 to 3
              4 | 4 | -1 | qcow2 header: version 4294967295: must be 2 to 3
             20 | 4 | 8 | qcow2 header: cluster_bits 8: must be 9 to 21
             20 | 4 | 31 | qcow2 header: cluster_bits 31: must be 9 to 21
             24 | 8 | -1 | qcow2 header: size 18446744073709551615: must be 0 to 9223372036852678144
             24 | 8 | 0x1000000 | \
            qcow2 header: l1_size for size 16777216 8: must be 512 to 4194304
             32 | 4 | 1 | \
            qcow2 header: crypt_method 1 (AES): encrypted images are not supported: must be 0
             32 | 4 | 2 | \
            qcow2 header: crypt_method 2 (LUKS): encrypted images are not supported: must be 0
             36 | 4 | -1 | \
            qcow2 header: l1_size for size 262144 4294967295: must be 8 to 4194304
             40 | 8 | 0x7ffffffffffffe00 | \
            qcow2 header: l1_table_offset 9223372036854775296: must be 512 to 24000
             40 | 8 | 2000 | \
            qcow2 header: l1_table_offset 2000: must be a multiple of the cluster size 512
             48 | 8 | 0 | qcow2 header: refcount_table_offset 0: must be 512 to 23552
             56 | 4 | 0 | qcow2 header: refcount_table_clusters 0: must be 1 to 16384
             56 | 4 | 16385 | qcow2 header: refcount_table_clusters 16385: must be 1 to 16384
             60 | 4 | 65537 | qcow2 header: nb_snapshots 65537: must be 0 to 65536
             60 | 4 | 1 | qcow2 header: snapshots_offset 0: must be 512 to 24024
             72 | 8 | 32 | qcow2 header: incompatible_features: not supported: bit 5
             72 | 8 | 0x8000000000000040 | \
            qcow2 header: incompatible_features: not supported: bit 6, bit 63
             72 | 8 | 8 | qcow2 header: compression_type 0: must be not 0 with \
            incompatible_features bit 3 set
             72 | 8 | 16 | qcow2 header: cluster_bits with extended L2 entries 9: must be 14 to 21
             88 | 8 | 2 | qcow2 header: autoclear_features bit 1 (raw external data): must be \
            clear without an external data file
             96 | 4 | 7 | qcow2 header: refcount_order 7: must be 0 to 6
            100 | 4 | 96 | qcow2 header: header_length 96: must be 104 to 512
            100 | 4 | 108 | qcow2 header: header_length 108: must be a multiple of 8
            116 | 4 | 0x10000 | \
            qcow2 header: extension 0x6803f857 at 112: length 65536: must be at most 392
              8 | 8 | 600 | qcow2 header: backing_file_offset 600: must be 72 to 512
            """)
    void saysFieldValueAndBound(int offset, int width, String value, String message)
            throws Exception {
        byte[] image = Headers.image(SMALL);
        long number = value.startsWith("0x")
                ? Long.parseUnsignedLong(value.substring(2), 16) : Long.parseLong(value);
        new Headers.Patch(offset, width, number).apply(image);
        assertRefused(message, image);
    }

    @Test
    void namesUnknownFeaturesFromTheTable() throws Exception {
        byte[] image = Headers.image(SMALL.withClusterSize(4096));
        ByteBuffer bytes = ByteBuffer.wrap(image);
        assertEquals(Extensions.FEATURE_NAMES, bytes.getInt(112));
        bytes.put(121, (byte) 17).put(122, "time travel\0".getBytes());
        bytes.putLong(72, 1L << 17);
        assertRefused("qcow2 header: incompatible_features: not supported: time travel (bit 17)",
                image);
    }

    @ParameterizedTest
    @CsvSource({"0", "3", "71", "103"})
    void shortFilesAreNoImages(int bytes) throws Exception {
        byte[] image = Arrays.copyOf(Headers.image(SMALL), bytes);
        if (bytes < 4) {
            assertRefused("Image is not in qcow2 format", image);
        } else {
            assertThrows(BlockException.class, () -> open(image, OPTIONS.withReadOnly(true)));
        }
    }

    @Test
    void dirtyAndCorruptImagesAreReadOnly() throws Exception {
        for (int bit : new int[] {0, 1}) {
            byte[] image = Headers.image(SMALL);
            new Headers.Patch(72, 8, 1L << bit).apply(image);
            BlockException e = assertThrows(BlockException.class, () -> open(image, OPTIONS));
            assertEquals(Errno.EACCES, e.errno());
            assertEquals(bit == 0
                    ? "qcow2: Image was not closed properly; cannot be opened read/write before "
                    + "its refcounts are repaired: incompatible_features bit 0"
                    : "qcow2: Image is corrupt; cannot be opened read/write: "
                    + "incompatible_features bit 1", e.getMessage());
            try (Qcow2Node node = open(image, OPTIONS.withReadOnly(true))) {
                byte[] read = new byte[1];
                node.read(1000, MemorySegment.ofArray(read));
                assertEquals(7, read[0]);
                assertThrows(BlockException.class, () -> node.reopen(OPTIONS));
            }
        }
    }

    @Test
    void unknownAutoclearFeaturesAreClearedBeforeTheFirstWrite() throws Exception {
        byte[] image = Headers.image(SMALL);
        new Headers.Patch(88, 8, 0xff00).apply(image);
        GrowingNode file = GrowingNode.of(image);
        try (Qcow2Node node = Qcow2Node.open(OPTIONS,
                new Qcow2Node.Children(file, null, null, List.of()))) {
            assertEquals(0xff00, ByteBuffer.wrap(file.content()).getLong(88));
            List<GrowingNode.Event> log = file.record();
            node.write(0, MemorySegment.ofArray(new byte[] {1}), WriteFlag.NONE);
            assertEquals(88, log.get(0).offset());
            assertEquals(GrowingNode.Event.FLUSH, log.get(1));
        }
        assertEquals(0, ByteBuffer.wrap(file.content()).getLong(88));
    }

    @Test
    void dataFilesAreGivenWhereTheImageHasOne() throws Exception {
        byte[] plain = Headers.image(SMALL);
        BlockException e = assertThrows(BlockException.class, () -> Qcow2Node.open(OPTIONS,
                new Qcow2Node.Children(GrowingNode.of(plain), GrowingNode.empty(), null,
                        List.of())));
        assertEquals("'data-file' can only be set for images with an external data file",
                e.getMessage());
        GrowingNode file = GrowingNode.empty();
        Qcow2Create.create(file, GrowingNode.empty(), SMALL.withDataFile("data", false));
        assertRefused("'data-file' is required for this image", file.content());
    }

    @Test
    void backingChainsThatComeBackAreRefused(@TempDir Path scratch) throws Exception {
        String[] names = {"a", "b", "c"};
        for (int i = 0; i < names.length; i++) {
            Path path = scratch.resolve(names[i]);
            Files.write(path, new byte[0]);
            try (FileNode file = FileNode.open(path, NodeOptions.named("file"), false)) {
                Qcow2Create.create(file, null, CreateOptions.ofSize(1 << 20)
                        .withBacking(names[(i + 1) % names.length], "qcow2"));
            }
        }
        BlockException e = assertThrows(BlockException.class,
                () -> Qcow2Chain.open(scratch.resolve("a"), OPTIONS, false));
        assertEquals(Errno.ELOOP, e.errno());
        assertEquals("backing chain: '" + scratch.resolve("a") + "' is in it twice: depth 3",
                e.getMessage());
    }
}
