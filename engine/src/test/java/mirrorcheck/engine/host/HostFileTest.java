// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import mirrorcheck.engine.host.HostFile.Option;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostFileTest {
    private static final int MIB = 1 << 20;
    /** How far allocations may differ by what a file system needs for itself, in bytes. */
    private static final long SLACK = 8 << 10;

    @TempDir
    Path directory;

    private HostFile create(String name) throws HostException {
        return HostFile.open(directory.resolve(name), Option.READ_WRITE, Option.CREATE);
    }

    private static byte[] pattern(int bytes) {
        byte[] data = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            data[i] = (byte) (i % 251 + 1);
        }
        return data;
    }

    private static void write(HostFile file, long offset, byte[] data) throws HostException {
        file.pwrite(offset, MemorySegment.ofArray(data));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 4096, 262_144, 262_145, 3 * MIB + 1})
    void writesAndReadsHeapMemory(int bytes) throws Exception {
        byte[] data = pattern(bytes);
        try (HostFile file = create("f")) {
            write(file, 3, data);
            byte[] back = new byte[bytes];
            assertEquals(bytes, file.pread(3, MemorySegment.ofArray(back)));
            assertArrayEquals(data, back);
            assertEquals(bytes == 0 ? 0 : bytes + 3, file.size());
        }
    }

    @Test
    void writesAndReadsNativeMemory() throws Exception {
        try (HostFile file = create("f"); Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(MIB).copyFrom(MemorySegment.ofArray(pattern(MIB)));
            file.pwrite(MIB, data);
            MemorySegment back = arena.allocate(MIB);
            assertEquals(MIB, file.pread(MIB, back));
            assertEquals(-1, data.mismatch(back));
        }
    }

    @Test
    void readEndsAtTheEndOfTheFileAndLeavesTheRest() throws Exception {
        try (HostFile file = create("f")) {
            write(file, 0, pattern(1000));
            byte[] into = new byte[2000];
            into[1000] = 99;
            assertEquals(1000, file.pread(0, MemorySegment.ofArray(into)));
            assertEquals(99, into[1000]);
            assertEquals(0, file.pread(1000, MemorySegment.ofArray(into)));
            assertEquals(0, file.pread(1L << 40, MemorySegment.ofArray(into)));
        }
    }

    @Test
    void directFileTakesAnyMemory() throws Exception {
        Path path = directory.resolve("f");
        Files.write(path, new byte[8192]);
        HostFile opened;
        try {
            opened = HostFile.open(path, Option.READ_WRITE, Option.DIRECT);
        } catch (HostException e) {
            assumeTrue(e.errno() != Errno.EINVAL, "the file system has no O_DIRECT");
            throw e;
        }
        try (HostFile file = opened; Arena arena = Arena.ofConfined()) {
            byte[] data = pattern(4096);
            write(file, 4096, data);
            MemorySegment misaligned = arena.allocate(4097, 4096).asSlice(1);
            assertEquals(4096, file.pread(4096, misaligned));
            assertEquals(-1, misaligned.mismatch(MemorySegment.ofArray(data)));
            assertErrno(Errno.EINVAL, () -> write(file, 100, new byte[100]));
            file.truncate(4096 + 1000);
            assertEquals(1000, file.pread(4096, MemorySegment.ofArray(new byte[4096])));
            MemorySegment aligned = Buffers.allocate(arena, 8192);
            assertEquals(4096 + 1000, file.pread(0, aligned));
        }
    }

    @Test
    void holesAreMadeAllocatedAndZeroed() throws Exception {
        try (HostFile file = create("f")) {
            file.truncate(8 * MIB);
            assertNear(0, file.allocatedBytes());
            file.allocate(0, 4 * MIB);
            assertNear(4 * MIB, file.allocatedBytes());
            write(file, 0, pattern(2 * MIB));
            file.punchHole(MIB, 3 * MIB);
            assertNear(MIB, file.allocatedBytes());
            byte[] back = new byte[2 * MIB];
            file.pread(0, MemorySegment.ofArray(back));
            byte[] model = Arrays.copyOf(pattern(MIB), 2 * MIB);
            assertArrayEquals(model, back);
            assertEquals(8 * MIB, file.size());
        }
    }

    @Test
    void zeroRangeAllocatesAndReadsAsZero() throws Exception {
        try (HostFile file = create("f")) {
            write(file, 0, pattern(MIB));
            file.truncate(2 * MIB);
            try {
                file.zeroRange(MIB / 2, 3 * MIB / 2);
            } catch (HostException e) {
                assumeTrue(e.errno() != Errno.EOPNOTSUPP, "the file system cannot zero ranges");
                throw e;
            }
            assertNear(2 * MIB, file.allocatedBytes());
            byte[] back = new byte[2 * MIB];
            file.pread(0, MemorySegment.ofArray(back));
            byte[] model = Arrays.copyOf(pattern(MIB / 2), 2 * MIB);
            assertArrayEquals(model, back);
        }
    }

    @Test
    void allocatingBeyondTheEndGrowsTheFileAndPunchingDoesNot() throws Exception {
        try (HostFile file = create("f")) {
            file.punchHole(0, 4096);
            assertEquals(0, file.size());
            file.allocate(0, 4096);
            assertEquals(4096, file.size());
        }
    }

    @Test
    void dataAndHolesAreFound() throws Exception {
        try (HostFile file = create("f")) {
            file.truncate(4 * MIB);
            assertEquals(OptionalLong.empty(), file.seekData(0));
            assertEquals(OptionalLong.of(0), file.seekHole(0));
            write(file, MIB, pattern(MIB));
            assertEquals(OptionalLong.of(MIB), file.seekData(0));
            assertEquals(OptionalLong.of(MIB + 5), file.seekData(MIB + 5));
            assertEquals(OptionalLong.of(2 * MIB), file.seekHole(MIB + 5));
            assertEquals(OptionalLong.empty(), file.seekData(2 * MIB));
            assertEquals(OptionalLong.empty(), file.seekHole(4 * MIB));
            assertEquals(OptionalLong.empty(), file.seekData(5 * MIB));
        }
    }

    @Test
    void copiesInsideTheHost() throws Exception {
        try (HostFile source = create("s"); HostFile target = create("t")) {
            write(source, 0, pattern(MIB));
            long copied;
            try {
                copied = source.copyFileRange(1000, target, 5, 2 * MIB);
            } catch (HostException e) {
                assumeTrue(e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.EXDEV,
                        "the file system cannot copy");
                throw e;
            }
            assertEquals(MIB - 1000, copied);
            assertEquals(MIB - 1000 + 5, target.size());
            byte[] back = new byte[100];
            target.pread(5, MemorySegment.ofArray(back));
            assertArrayEquals(Arrays.copyOfRange(pattern(MIB), 1000, 1100), back);
        }
    }

    @Test
    void openFailuresKeepTheErrnoAndNameThePath() throws Exception {
        Path missing = directory.resolve("missing");
        HostException e = assertErrno(Errno.ENOENT, () -> HostFile.open(missing));
        assertEquals("open '" + missing + "': No such file or directory", e.getMessage());
        assertEquals("No such file or directory", e.reason());
        assertErrno(Errno.EISDIR, () -> HostFile.open(directory));
        assertErrno(Errno.EISDIR, () -> HostFile.open(directory, Option.READ_WRITE));
        Files.createFile(missing);
        assertErrno(Errno.EEXIST,
                () -> HostFile.open(missing, Option.READ_WRITE, Option.CREATE, Option.EXCLUSIVE));
        HostException odd = assertErrno(Errno.EINVAL, () -> HostFile.open(Path.of("/dev/null")));
        assertEquals("open '/dev/null': not a regular file", odd.getMessage());
    }

    @Test
    void openOptionsDoWhatTheySay() throws Exception {
        Path path = directory.resolve("f");
        Files.write(path, pattern(10));
        try (HostFile file = HostFile.open(path, Option.READ_WRITE, Option.CREATE)) {
            assertEquals(10, file.size());
        }
        try (HostFile file = HostFile.open(path, Option.READ_WRITE, Option.TRUNCATE)) {
            assertEquals(0, file.size());
            assertEquals(path.toString(), file.path());
        }
        try (HostFile file = HostFile.open(path)) {
            assertErrno(Errno.EBADF, () -> write(file, 0, pattern(1)));
            assertErrno(Errno.EINVAL, () -> file.truncate(0));
        }
    }

    @Test
    void namesOfAnyCharacterAreFound() throws Exception {
        Path path = directory.resolve("it's a name: \\ \"x\"\n");
        Files.write(path, pattern(7));
        try (HostFile file = HostFile.open(path)) {
            assertEquals(7, file.size());
        }
    }

    @Test
    void writebackChangesNothingThatIsReadAndFailsNobody() throws Exception {
        HostFile file = create("f");
        write(file, 0, pattern(100_000));
        file.startWriteback();
        file.fdatasync();
        assertArrayEquals(pattern(100_000), Files.readAllBytes(Path.of(file.path())));
        file.close();
        file.startWriteback();
    }

    @Test
    void failedCallsSayWhichAndWhere() throws Exception {
        try (HostFile file = create("f")) {
            String path = file.path();
            HostException e = assertErrno(Errno.EINVAL, () -> write(file, -1, pattern(3)));
            assertEquals("pwrite '" + path + "' at -1, 3 bytes: Invalid argument", e.getMessage());
            assertErrno(Errno.EINVAL, () -> file.punchHole(0, 0));
            assertErrno(Errno.EINVAL, () -> file.truncate(-1));
            assertErrno(Errno.EINVAL, () -> file.pread(-1, MemorySegment.ofArray(new byte[1])));
            // A negative offset is no offset at all to lseek.
            assertEquals(OptionalLong.empty(), file.seekData(-1));
        }
    }

    @Test
    void closedFileRefusesEveryCall() throws Exception {
        HostFile file = create("f");
        try (HostFile other = create("g")) {
            file.close();
            file.close();
            HostException e = assertErrno(Errno.EBADF, file::size);
            assertEquals("file '" + file.path() + "': used after it was closed", e.getMessage());
            assertErrno(Errno.EBADF, () -> write(file, 0, pattern(1)));
            assertErrno(Errno.EBADF, () -> file.pread(0, MemorySegment.ofArray(new byte[1])));
            assertErrno(Errno.EBADF, file::fdatasync);
            assertErrno(Errno.EBADF, () -> file.seekData(0));
            assertErrno(Errno.EBADF, () -> file.punchHole(0, 1));
            assertErrno(Errno.EBADF, () -> other.copyFileRange(0, file, 0, 1));
            assertErrno(Errno.EBADF, () -> file.copyFileRange(0, other, 0, 1));
            other.fdatasync();
        }
    }

    @Test
    void closedMemoryIsTheCallersBug() throws Exception {
        MemorySegment gone;
        try (Arena arena = Arena.ofConfined()) {
            gone = arena.allocate(10);
        }
        try (HostFile file = create("f")) {
            assertThrows(IllegalStateException.class, () -> file.pread(0, gone));
        }
    }

    @Test
    void failedOpensLeaveNoDescriptorOpen() throws Exception {
        Path open = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(open), "no /proc");
        assertErrno(Errno.EISDIR, () -> HostFile.open(directory));
        String name = directory.toRealPath().toString();
        assertEquals(0, descriptorsOf(open, name));
        try (HostFile file = create("f")) {
            assertEquals(1, descriptorsOf(open, Path.of(file.path()).toRealPath().toString()));
        }
    }

    private static long descriptorsOf(Path open, String name) throws IOException {
        try (var descriptors = Files.list(open)) {
            return descriptors.filter(each -> pointsTo(each, name)).count();
        }
    }

    private static boolean pointsTo(Path descriptor, String name) {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals(name);
        } catch (IOException e) {
            // The descriptor of the listing itself is gone by now.
            return false;
        }
    }

    @FunctionalInterface
    private interface Operation {
        void run() throws IOException;
    }

    private static HostException assertErrno(Errno expected, Operation operation) {
        HostException e = assertThrows(HostException.class, operation::run);
        assertEquals(expected, e.errno(), e.getMessage());
        return e;
    }

    private static void assertNear(long expected, long actual) {
        assertTrue(Math.abs(expected - actual) <= SLACK,
                "allocated " + actual + " bytes; expected " + expected);
    }
}
