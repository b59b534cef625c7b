// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static mirrorcheck.bench.ImageFormat.QCOW2;
import static mirrorcheck.bench.ImageFormat.RAW;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
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
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.HostFile;
import mirrorcheck.iotests.image.Qcow2Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that went wrong gives no time. */
@Timeout(60)
class WholeMirrorTest {
    private static final long M = 1 << 20;
    private static final MirrorSettings STANDARD = MirrorSettings.standard();

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
        try (WholeMirror mirror = new WholeMirror(source, target, RAW, STANDARD)) {
            mirror.run();
            mirror.check();
            assertTrue(Files.exists(target));
        }
        assertFalse(Files.exists(target));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 65535, 65536, 5 * M, 8 * M - 1})
    void oneWrongByteIsFound(long offset) throws Exception {
        try (WholeMirror mirror = new WholeMirror(source, target, RAW, STANDARD)) {
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
        try (WholeMirror mirror = new WholeMirror(source, target, QCOW2, STANDARD)) {
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
        try (WholeMirror mirror = new WholeMirror(source, target, QCOW2, STANDARD)) {
            mirror.run();
            mirror.check();
            try (BlockNode node = QCOW2.open(target, false)) {
                node.write(5 * M, MemorySegment.ofArray(new byte[] {0, 0, 1}), WriteFlag.NONE);
            }

            assertEquals("target: differs from the source: first at offset " + (5 * M + 2),
                    complaint(mirror));
        }
    }

    /** The target is not zero, as it should be: each strategy finds it out at another cost. */
    @ParameterizedTest
    @CsvSource({"ZERO_BITMAP, 0, 0, 8257536, 1, 2, 8257536, 0, 2",
            "NONE, 2, 8257536, 0, 1, 2, 8257536, 0, 2",
            "BLOCK_STATUS, 0, 0, 8257536, 3, 1, 4128768, 4128768, 5"})
    void otherRequestsAreFound(TrackingStrategy tracking, long zeroWrites, long zeroed,
            long skipped, long status, long foundWrites, long foundZeroed, long foundSkipped,
            long foundStatus) throws Exception {
        try (WholeMirror mirror = new WholeMirror(source, target, RAW,
                STANDARD.withTracking(tracking))) {
            write(target, 5 * M, 1);
            mirror.run();

            assertEquals("target: expected "
                    + new Counts(2, 131072, zeroWrites, zeroed, skipped, status) + "; found "
                    + new Counts(2, 131072, foundWrites, foundZeroed, foundSkipped, foundStatus),
                    complaint(mirror));
        }
    }

    /** None passes for another. */
    @ParameterizedTest
    @EnumSource
    void eachStrategyHasItsOwnRule(TrackingStrategy tracking) throws Exception {
        for (TrackingStrategy other : TrackingStrategy.values()) {
            Counts rule = Counts.expected(source.model(), RAW, RAW, STANDARD.withTracking(other));
            try (WholeMirror mirror = new WholeMirror(source, target, RAW,
                    STANDARD.withTracking(tracking))) {
                mirror.run();
                Executable check = () -> mirror.check(rule);
                if (other == tracking) {
                    assertDoesNotThrow(check);
                } else {
                    assertThrows(IllegalStateException.class, check);
                }
            }
        }
    }

    /** With detect-zeroes=unmap the zeroes of the source must be holes of the target. */
    @Test
    void zeroesThatKeepTheirBlocksAreFound() throws Exception {
        try (WholeMirror mirror = new WholeMirror(source, target, RAW,
                STANDARD.withDetectZeroes(DetectZeroes.UNMAP))) {
            mirror.run();
            mirror.check();
            try (HostFile file = HostFile.open(target, HostFile.Option.READ_WRITE)) {
                file.allocate(0, 8 * M);
            }

            assertTrue(complaint(mirror).endsWith("expected at most 1181696 after writing 131072"));
        }
    }

    @Test
    void allocationForNothingIsFound() throws Exception {
        try (WholeMirror mirror = new WholeMirror(source, target, RAW, STANDARD)) {
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
        try (WholeMirror mirror = new WholeMirror(source, target, RAW, STANDARD)) {
            assertEquals("mirror to " + target
                    + ": failed: Source and target image have different sizes",
                    assertThrows(IOException.class, mirror::run).getMessage());
        }
    }
}
