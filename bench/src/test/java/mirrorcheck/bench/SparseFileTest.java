// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are compared by what they read as, wherever their holes are. */
class SparseFileTest {
    private static final long T = 1L << 40;

    @TempDir
    Path dir;
    private Path one;
    private Path other;

    @BeforeEach
    void create() throws IOException {
        one = dir.resolve("one");
        other = dir.resolve("other");
        SparseFile.create(one, T);
        SparseFile.create(other, T);
    }

    private static void write(Path path, long offset, byte... bytes) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(bytes), offset);
        }
    }

    private void assertFirstDifference(OptionalLong expected) throws IOException {
        assertEquals(expected, SparseFile.firstDifference(one, other));
        assertEquals(expected, SparseFile.firstDifference(other, one));
    }

    @Test
    void twoHolesAreIdentical() throws IOException {
        assertFirstDifference(OptionalLong.empty());
    }

    @Test
    void allocatedZeroesAreIdenticalToAHole() throws IOException {
        write(one, T / 2, new byte[3 << 20]);
        assertFirstDifference(OptionalLong.empty());
    }

    @Test
    void dataOverAHoleDiffers() throws IOException {
        write(one, T / 2 + 12345, (byte) 1);
        assertFirstDifference(OptionalLong.of(T / 2 + 12345));
    }

    @Test
    void theFirstOfSeveralDifferencesIsTold() throws IOException {
        write(one, 0, new byte[3 << 20]);
        write(other, 0, new byte[3 << 20]);
        write(one, T - 1, (byte) 1);
        write(other, (2 << 20) + 7, (byte) 2);
        write(one, (2 << 20) + 9, (byte) 3);
        assertFirstDifference(OptionalLong.of((2 << 20) + 7));
    }

    @Test
    void lengthsDifferAtTheEndOfTheShorter() throws IOException {
        Path shorter = dir.resolve("shorter");
        SparseFile.create(shorter, T - 1);
        assertEquals(OptionalLong.of(T - 1), SparseFile.firstDifference(one, shorter));
        write(one, T - 1, (byte) 1);
        assertEquals(OptionalLong.of(T - 1), SparseFile.firstDifference(shorter, one));
    }
}
