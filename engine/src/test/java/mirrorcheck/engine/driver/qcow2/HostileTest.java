// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Damaged images: nothing but a {@code BlockException} comes out, and no write goes in. */
class HostileTest {
    private static final NodeOptions OPTIONS =
            NodeOptions.named("image").withDiscard(Discard.UNMAP);
    private static final CreateOptions SMALL =
            CreateOptions.ofSize(256 << 10).withClusterSize(512);
    /** How many damaged images are tried; a million with {@code -Dmirrorcheck.fuzz=1000000}. */
    private static final int INPUTS = Integer.getInteger("mirrorcheck.fuzz", 4000);

    private static Qcow2Node open(GrowingNode file) throws BlockException {
        return Qcow2Node.open(OPTIONS, new Qcow2Node.Children(file, null, null, List.of()));
    }

    private static long l2Table(byte[] image) {
        ByteBuffer bytes = ByteBuffer.wrap(image);
        return bytes.getLong((int) bytes.getLong(40)) & 0x00ff_ffff_ffff_fe00L;
    }

    /** What the entry of guest cluster 4, which has data, is changed to. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            L2 | 512 | L2 entry of guest offset 2048: host offset 512: \
            holds metadata
            L2 | 0x40000000 | L2 entry of guest offset 2048: cluster at \
            1073741824: past the end of the file: length 24576
            L1 | 0x40000000 | L1 entry 0: cluster at 1073741824: past the \
            end of the file: length 24576
            L1 | 512 | L2 table: cluster 1: another table is there
            BLOCK | 0x40000000 | refcount table entry 0: cluster at \
            1073741824: past the end of the file: length 24576
            COUNT | 0 | L2 entry of guest offset 2048: cluster at %d: bit \
            63 says refcount 1, but it is 0
            COUNT | 2 | L2 entry of guest offset 2048: cluster at %d: bit \
            63 says refcount 1, but it is 2
            """)
    void aCorruptImageIsNotWrittenTo(String where, String value, String message)
            throws Exception {
        byte[] image = Arrays.copyOf(Headers.image(SMALL), 24576);
        ByteBuffer bytes = ByteBuffer.wrap(image);
        long number = Long.decode(value);
        int entry = (int) l2Table(image) + 4 * 8;
        long host = bytes.getLong(entry) & Long.MAX_VALUE;
        switch (where) {
            case "L2" -> bytes.putLong(entry, number | 1L << 63);
            case "L1" -> bytes.putLong((int) bytes.getLong(40), number | 1L << 63);
            case "BLOCK" -> bytes.putLong((int) bytes.getLong(48), number);
            default -> bytes.putShort((int) bytes.getLong((int) bytes.getLong(48))
                    + (int) (host / 512) * 2, (short) number);
        }
        GrowingNode file = GrowingNode.of(image);
        Qcow2Node node = open(file);
        MemorySegment data = MemorySegment.ofArray(new byte[100]);
        BlockException first = assertThrows(BlockException.class,
                () -> node.write(2048, data, WriteFlag.NONE));
        assertEquals(Errno.EIO, first.errno(), first.getMessage());
        String text = String.format(message, host);
        assertEquals(text, first.getMessage().replaceFirst("image: image is corrupt( and not "
                + "written to any more)?: ", ""));
        assertRefusedForGood(node, text);
        assertArrayEquals(image, file.content());
    }

    private static void assertRefusedForGood(Qcow2Node node, String reason) {
        String message = "image: image is corrupt and not written to any more: " + reason;
        MemorySegment data = MemorySegment.ofArray(new byte[100]);
        for (Operation each : List.<Operation>of(() -> node.write(200_000, data, WriteFlag.NONE),
                () -> node.writeZeroes(0, 4096, WriteFlag.NONE), () -> node.discard(0, 4096),
                node::flush, () -> node.resize(512 << 10))) {
            BlockException again = assertThrows(BlockException.class, each::run);
            assertEquals(message, again.getMessage());
            assertEquals(Errno.EIO, again.errno());
        }
    }

    /** A request. */
    private interface Operation {
        void run() throws BlockException;
    }

    @Test
    void unalignedHostOffsetsFailReadsToo() throws Exception {
        byte[] image = Headers.image(SMALL.withClusterSize(4096));
        ByteBuffer.wrap(image).putLong((int) l2Table(image), 0x200 | 1L << 63);
        try (Qcow2Node node = Qcow2Node.open(OPTIONS.withReadOnly(true),
                new Qcow2Node.Children(GrowingNode.of(image), null, null, List.of()))) {
            BlockException e = assertThrows(BlockException.class,
                    () -> node.read(0, MemorySegment.ofArray(new byte[10])));
            assertEquals("image: image is corrupt: L2 entry of guest offset 0: host offset 512: "
                    + "not a multiple of the cluster size 4096", e.getMessage());
        }
    }

    @Test
    void refcountsOfAFreeTableAreNotTrusted() throws Exception {
        byte[] image = Headers.image(SMALL);
        ByteBuffer bytes = ByteBuffer.wrap(image);
        // The header, the refcount table and everything else: free, it says.
        int block = (int) bytes.getLong((int) bytes.getLong(48));
        Arrays.fill(image, block, block + 512, (byte) 0);
        GrowingNode file = GrowingNode.of(image);
        Qcow2Node node = open(file);
        BlockException e = assertThrows(BlockException.class, () -> node.write(200_000,
                MemorySegment.ofArray(new byte[] {1}), WriteFlag.NONE));
        assertEquals(Errno.EIO, e.errno());
        assertEquals("image: image is corrupt: cluster 1: refcount 0, but it holds metadata",
                e.getMessage());
        assertArrayEquals(image, Arrays.copyOf(file.content(), image.length));
    }

    /** Damage at random, mostly in the tables; then everything a user does. */
    @Test
    void randomDamageEndsInNothingButABlockException() throws Exception {
        CreateOptions[] shapes = {SMALL, SMALL.withVersion(2), SMALL.withRefcountBits(1),
            SMALL.withClusterSize(16384).withExtendedL2(true), SMALL.withZstd(true)};
        byte[][] images = new byte[shapes.length][];
        for (int i = 0; i < shapes.length; i++) {
            images[i] = Headers.image(shapes[i]);
        }
        for (int seed = 1; seed <= INPUTS; seed++) {
            Random random = new Random(seed);
            byte[] image = images[random.nextInt(images.length)].clone();
            damage(image, random);
            try {
                use(GrowingNode.of(image), random);
            } catch (BlockException e) {
                // As it should be.
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
    }

    private static void damage(byte[] image, Random random) {
        ByteBuffer bytes = ByteBuffer.wrap(image);
        int clusterBits = bytes.getInt(20);
        for (int n = random.nextInt(4); n >= 0; n--) {
            int cluster = random.nextInt(Math.min(8, image.length >> clusterBits));
            int within = random.nextInt(cluster == 0 ? 160 : Math.min(1 << clusterBits, 512));
            int at = Math.min((cluster << clusterBits) + within, image.length - 8);
            switch (random.nextInt(5)) {
                case 0 -> image[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes.putLong(at & -8, random.nextLong());
                case 2 -> bytes.putLong(at & -8, (long) random.nextInt(image.length) & -512L
                        | (long) random.nextInt(4) << 62);
                case 3 -> bytes.putInt(at & -4, random.nextInt(100) - 1);
                default -> bytes.putLong(at & -8, bytes.getLong(random.nextInt(64) * 8));
            }
        }
    }

    private static void use(GrowingNode file, Random random) throws BlockException {
        Qcow2Node node = open(file);
        long length = Math.min(node.length(), 1 << 20);
        byte[] data = new byte[3000];
        for (int i = 0; i < 8 && length > data.length; i++) {
            long offset = random.nextInt((int) length - data.length);
            try {
                switch (i) {
                    case 0, 6 -> node.write(offset, MemorySegment.ofArray(data), WriteFlag.NONE);
                    case 1 -> node.read(0, MemorySegment.ofArray(new byte[(int) length]));
                    case 2 -> node.writeZeroes(offset, 2048, Set.of(WriteFlag.MAY_UNMAP));
                    case 3 -> node.discard(offset, 2048);
                    case 4 -> {
                        Extent extent = node.blockStatus(offset, length - offset);
                        node.map(offset, extent.bytes());
                    }
                    case 5 -> node.flush();
                    default -> node.resize(length / 2);
                }
            } catch (BlockException e) {
                // The next request is refused, or not.
            }
        }
        node.close();
    }
}
