// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.mirror.Gate.Kind;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Sizes of images and of requests, as measured on QEMU 11.1 with files at both ends (rules SIZE-1
 * and CHUNK-1).
 */
@Timeout(20)
class SizesTest {
    private static final long M = 1 << 20;

    @TempDir
    Path dir;

    @ParameterizedTest(name = "{0} bytes, {1}, granularity {2}: target grows to {3}")
    @CsvSource(textBlock = """
            0,       sparse, 0,       0
            0,       sparse, 1048576, 0
            1,       sparse, 0,       512
            1,       tail,   512,     512
            511,     data,   0,       512
            511,     sparse, 1048576, 512
            511,     tail,   4096,    512
            512,     data,   512,     512
            512,     sparse, 0,       512
            513,     tail,   512,     1024
            513,     sparse, 0,       1024
            513,     sparse, 512,     513
            65535,   sparse, 0,       65535
            65535,   tail,   0,       65536
            65535,   data,   4096,    65536
            65535,   sparse, 1048576, 65536
            65536,   tail,   0,       65536
            65536,   sparse, 512,     65536
            65537,   sparse, 1048576, 66048
            65537,   sparse, 0,       66048
            65537,   tail,   4096,    66048
            65537,   data,   512,     66048
            1048577, data,   0,       1049088
            1048577, tail,   1048576, 1049088
            1048577, sparse, 0,       1049088
            """)
    void oddSizes(long bytes, String content, long granularity, long targetSize) throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, bytes)) {
            int filled = content.equals("data") ? (int) bytes : content.equals("tail")
                    ? (int) Math.min(bytes, 100) : 0;
            m.fillSource(bytes - filled, filled, 1);
            MirrorJob job = m.ready(MirrorFixture.full().withGranularity(granularity));
            long len = (bytes + 511) / 512 * 512;
            assertEquals(len, job.info().progress().len());
            assertEquals(len, job.info().progress().offset());
            m.finish(job);

            byte[] target = Files.readAllBytes(m.targetPath);
            assertEquals(targetSize, target.length);
            byte[] expected = Arrays.copyOf(Files.readAllBytes(m.sourcePath), target.length);
            assertEquals(-1, Arrays.mismatch(expected, target));
            assertEquals("COMPLETED " + len + "/" + len, m.events.get(m.events.size() - 3));
            assertEquals(bytes == 0 ? 1 : 3,
                    Collections.frequency(m.targetGate.changes(), "flush"));
        }
    }

    @ParameterizedTest(
            name = "{0} of {1} MiB, granularity {2}, buf-size {3}, old data {4}")
    @CsvSource(textBlock = """
            data,   20, 0,        0,         false, 20, 1048576,  0, 0
            data,   4,  0,        1,         false, 64, 65536,    0, 0
            data,   4,  4096,     1,         false, 1024, 4096,   0, 0
            data,   20, 0,        67108864,  false, 5, 4194304,   0, 0
            data,   4,  512,      0,         false, 8, 524288,    0, 0
            data,   4,  4096,     0,         false, 4, 1048576,   0, 0
            data,   4,  4096,     1048576,   false, 4, 1048576,   0, 0
            data,   20, 4194304,  0,         false, 5, 4194304,   0, 0
            data,   20, 67108864, 0,         false, 1, 20971520,  0, 0
            sparse, 20, 0,        0,         true,  0, 0,         2, 20971520
            sparse, 20, 0,        1,         true,  0, 0,         320, 20971520
            sparse, 20, 0,        1048576,   true,  0, 0,         20, 20971520
            sparse, 20, 0,        1048576,   false, 0, 0,         0, 0
            sparse, 20, 67108864, 0,         true,  1, 20971520,  0, 0
            """)
    void requestSizes(String content, int mebibytes, long granularity, long bufSize,
            boolean oldData, int writes,
            long writeBytes, int zeroes, long zeroBytes) throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, mebibytes * M)) {
            if (content.equals("data")) {
                m.fillSource(0, (int) (mebibytes * M), 1);
            }
            if (oldData) {
                m.fillTarget(0, (int) (mebibytes * M), 2);
            }
            m.mirror(MirrorFixture.full().withGranularity(granularity).withBufSize(bufSize));
            List<Gate.Request> data = m.targetGate.seen().stream()
                    .filter(request -> request.is(Kind.WRITE)).toList();
            List<Gate.Request> zero = m.targetGate.seen().stream()
                    .filter(request -> request.is(Kind.ZERO)).toList();

            assertEquals(Collections.nCopies(writes, writeBytes),
                    data.stream().map(Gate.Request::bytes).toList());
            assertEquals(zeroes, zero.size());
            assertEquals(zeroBytes, zero.stream().mapToLong(Gate.Request::bytes).sum());
            assertTrue(m.identical());
        }
    }

    @ParameterizedTest(name = "granularity {0}, buf-size {1}: {2} writes held at once")
    @CsvSource({"65536, 1, 1", "65536, 65536, 1", "65536, 4194304, 4", "512, 4194304, 8",
            "1048576, 67108864, 2",
        "0, 33554432, 4"})
    void bytesInFlightStayBelowBufSize(long granularity, long bufSize, int held) throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, 8 * M)) {
            m.fillSource(0, (int) (8 * M), 1);
            Gate.Hold hold = m.targetGate.hold(Kind.WRITE);
            MirrorJob job = m.start(
                    MirrorFixture.full().withGranularity(granularity).withBufSize(bufSize));
            hold.await(held);
            hold.open();
            job.await(Set.of(JobStatus.READY));

            assertTrue(m.targetGate.mostRunningBytes() <= Math.max(bufSize,
                    Math.max(granularity, 65_536)),
                    () -> m.targetGate.mostRunningBytes() + " bytes in flight");
            m.finish(job);
            assertTrue(m.identical());
        }
    }

    @ParameterizedTest(name = "zeroes={0}")
    @CsvSource({"true", "false"})
    void neverMoreThanSixteenRequestsInFlight(boolean zeroes) throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, 4 * M)) {
            if (zeroes) {
                m.fillTarget(0, (int) (4 * M), 1);
            } else {
                // Single chunks of data, far from each other, so that every one is a request of its
                // own.
                for (int i = 0; i < 40; i++) {
                    m.fillSource(i * 65_536L, 4096, i);
                }
            }
            Gate.Hold hold = m.targetGate.hold(zeroes ? Kind.ZERO : Kind.WRITE);
            MirrorJob job = m.start(MirrorFixture.full().withGranularity(4096).withBufSize(zeroes
                    ? 4096 : 0));
            hold.await(16);
            for (int i = 0; i < 10; i++) {
                hold.release(i % 16);
                hold.await(16);
            }
            assertEquals(16, hold.held().size());
            hold.open();
            job.await(Set.of(JobStatus.READY));

            assertEquals(16, m.targetGate.mostRunning());
            m.finish(job);
            assertTrue(m.identical());
        }
    }
}
