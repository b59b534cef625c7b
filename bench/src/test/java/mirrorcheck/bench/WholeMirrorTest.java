// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static mirrorcheck.bench.ImageFormat.QCOW2;
import static mirrorcheck.bench.ImageFormat.RAW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.HostFile;
import mirrorcheck.iotests.image.Qcow2Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that went wrong gives no time. */
@Timeout(60)
class WholeMirrorTest {
    private static final long M = 1 << 20;

    @TempDir
    Path dir;
    private Path target;
    private SourceImage source;

    @BeforeEach
    void createSource() throws IOException {
        target = dir.resolve("target.raw");
        source = SourceImage.create(dir.resolve("source.raw"), RAW, SourceShape.HOLEY, 8 * M);
    }

    private static void write(Path path, long offset, int value) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {(byte) value}), offset);
        }
    }

    private String complaint(WholeMirror mirror) {
        return assertThrows(IllegalStateException.class, mirror::check).getMessage();
    }

    @Test
    void leavesNothingBehind() throws Exception {
        try (WholeMirror mirror = new WholeMirror(source, target, RAW, true)) {
            mirror.run();
            mirror.check();
            assertTrue(Files.exists(target));
        }
        assertFalse(Files.exists(target));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 65535, 65536, 5 * M, 8 * M - 1})
    void oneWrongByteIsFound(long offset) throws Exception {
        try (WholeMirror mirror = new WholeMirror(source, target, RAW, true)) {
            mirror.run();
            write(target, offset, 0xa5);

            assertEquals("target: differs from the source: first at offset " + offset,
                    complaint(mirror));
        }
    }

    /** The data clusters end the file, in the order in which they were written. */
    @ParameterizedTest
    @ValueSource(ints = {0, Qcow2Files.CLUSTER - 1})
    void oneWrongByteInAClusterIsFound(int offset) throws Exception {
        try (WholeMirror mirror = new WholeMirror(source, target, QCOW2, true)) {
            mirror.run();
            mirror.check();
            long end = Files.size(target);
            write(target, end - Qcow2Files.CLUSTER + offset, 0);
            write(target, end - 2 * Qcow2Files.CLUSTER + offset, 0);

            assertEquals("target: differs from the source: first at offset " + offset,
                    complaint(mirror));
        }
    }

    @Test
    void dataWhereNothingShouldBeIsFound() throws Exception {
        try (WholeMirror mirror = new WholeMirror(source, target, QCOW2, true)) {
            mirror.run();
            mirror.check();
            try (BlockNode node = QCOW2.open(target, false)) {
                node.write(5 * M, MemorySegment.ofArray(new byte[] {0, 0, 1}), WriteFlag.NONE);
            }

            assertEquals("target: differs from the source: first at offset " + (5 * M + 2),
                    complaint(mirror));
        }
    }

    @Test
    void zeroesWhereNoneWereNeededAreFound() throws Exception {
        try (WholeMirror mirror = new WholeMirror(source, target, RAW, true)) {
            write(target, 5 * M, 1);
            mirror.run();

            assertEquals("target: expected Counts[dataWrites=2, bytesWritten=131072, zeroWrites=0, "
                    + "bytesZeroed=0, skippedBytes=8257536, targetStatus=1]; found "
                    + "Counts[dataWrites=2, bytesWritten=131072, zeroWrites=2, "
                    + "bytesZeroed=8257536, skippedBytes=0, targetStatus=2]", complaint(mirror));
        }
    }

    @Test
    void allocationForNothingIsFound() throws Exception {
        try (WholeMirror mirror = new WholeMirror(source, target, RAW, true)) {
            mirror.run();
            try (HostFile file = HostFile.open(target, HostFile.Option.READ_WRITE)) {
                file.allocate(0, 8 * M);
            }

            String complaint = complaint(mirror);
            assertTrue(complaint.endsWith(" bytes; expected at most 1181696 after writing 131072"),
                    complaint);
        }
    }

    @Test
    void aMirrorThatFailsSaysWhy() throws Exception {
        try (HostFile file = HostFile.open(source.path(), HostFile.Option.READ_WRITE)) {
            file.truncate(4 * M);
        }
        try (WholeMirror mirror = new WholeMirror(source, target, RAW, true)) {
            assertEquals("mirror to " + target
                    + ": failed: Source and target image have different sizes",
                    assertThrows(IOException.class, mirror::run).getMessage());
        }
    }
}
