// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import mirrorcheck.engine.nbd.Lab;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients that users have, at the exports of a daemon; one that is missing is skipped. */
@Timeout(120)
class ExportClientsTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 16 * MIB;

    /** How the server is reached. */
    enum Family {
        UNIX, TCP
    }

    @TempDir
    Path directory;

    private MonitorFixture fixture;
    private Path image;
    private byte[] content;
    private String server;

    /** Data in [1 MiB, 3 MiB), zeroes elsewhere. */
    @BeforeEach
    void createImage() throws Exception {
        content = new byte[SIZE];
        byte[] data = new byte[2 * MIB];
        new Random(7).nextBytes(data);
        System.arraycopy(data, 0, content, MIB, data.length);
        fixture = new MonitorFixture(directory);
        image = Path.of(fixture.image("image", SIZE));
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.seek(MIB);
            file.write(data);
        }
    }

    @AfterEach
    void end() throws Exception {
        fixture.close();
    }

    private void serve(Family family) throws Exception {
        MonitorClient client = fixture.client();
        if (family == Family.UNIX) {
            Path socket = directory.resolve("nbd.sock");
            server = "nbd+unix:///%s?socket=" + socket;
            client.query("nbd-server-start", "addr", Map.of("type", "unix", "data",
                    Map.of("path", socket.toString())));
        } else {
            String port = freePort();
            server = "nbd://127.0.0.1:" + port + "/%s";
            client.query("nbd-server-start", "addr", Map.of("type", "inet", "data",
                    Map.of("host", "127.0.0.1", "port", port)));
        }
        client.query("blockdev-add", "driver", "raw", "node-name", "disk", "discard", "unmap",
                "file", Map.of("driver", "file", "filename", image.toString()));
        client.query("block-export-add", "type", "nbd", "id", "e", "node-name", "disk", "writable",
                true, "name", "disk", "description", "a disk");
    }

    private static String freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return String.valueOf(socket.getLocalPort());
        }
    }

    private String uri() {
        return server.formatted("disk");
    }

    private static void assertHas(String printed, String... parts) {
        for (String part : parts) {
            assertTrue(printed.contains(part), () -> part + " in:\n" + printed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nbdinfoListsAndMaps(Family family) throws Exception {
        Lab lab = Lab.with(directory, "nbdinfo");
        serve(family);
        assertHas(lab.run("nbdinfo", "--list", server.formatted("")), "export=\"disk\"",
                "description: a disk", "export-size: " + SIZE, "is_read_only: false",
                "can_multi_conn: true", "can_trim: true", "can_zero: true", "base:allocation");
        List<List<String>> rows = lab.run("nbdinfo", "--map", uri()).lines()
                .map(line -> List.of(line.trim().split(" +"))).toList();
        assertEquals(List.of(List.of("0", "" + MIB, "3", "hole,zero"),
                List.of("" + MIB, "" + 2 * MIB, "0", "data"),
                List.of("" + 3 * MIB, "" + 13 * MIB, "3", "hole,zero")), rows);
    }

    @ParameterizedTest
    @EnumSource
    void qemuImgReadsAndWrites(Family family) throws Exception {
        Lab lab = Lab.with(directory, "qemu-img");
        serve(family);
        assertHas(lab.run("qemu-img", "info", uri()), "16 MiB (16777216 bytes)",
                "file format: raw");
        assertHas(lab.run("qemu-img", "map", "--output=json", "-f", "raw", uri()),
                "\"start\": 1048576, \"length\": 2097152, \"depth\": 0, \"present\": true, "
                        + "\"zero\": false, \"data\": true");
        Path copy = directory.resolve("copy");
        lab.run("qemu-img", "convert", "-f", "raw", "-O", "raw", uri(), copy.toString());
        assertArrayEquals(content, Files.readAllBytes(copy));
        assertHas(lab.run("qemu-img", "compare", "-f", "raw", "-F", "raw", uri(),
                copy.toString()), "Images are identical.");
        new Random(8).nextBytes(content);
        Arrays.fill(content, 5 * MIB, 9 * MIB, (byte) 0);
        Files.write(copy, content);
        lab.run("qemu-img", "convert", "-n", "-m", "8", "-W", "-f", "raw", "-O", "raw",
                copy.toString(), uri());
        assertArrayEquals(content, Files.readAllBytes(image));
    }

    @ParameterizedTest
    @EnumSource
    void qemuIoWritesZeroesDiscardsAndFlushes(Family family) throws Exception {
        Lab lab = Lab.with(directory, "qemu-io");
        serve(family);
        String printed = lab.run("qemu-io", "-f", "raw", "-d", "unmap", "-c",
                "write -P 7 1000 3000",
                "-c", "read -P 7 1000 3000", "-c", "write -f -P 8 1M 64k", "-c",
                "write -z -u 2M 512k", "-c", "read -P 0 2M 512k", "-c", "discard 1M 64k", "-c",
                "flush", "-c", "aio_write -P 9 8M 1M", "-c", "aio_write -P 10 9M 1M", "-c",
                "aio_flush", "-c", "read -P 9 8M 1M", "-c", "read -P 10 9M 1M", uri());
        assertTrue(!printed.contains("failed") && !printed.contains("error"), printed);
        Arrays.fill(content, 1000, 4000, (byte) 7);
        Arrays.fill(content, MIB, MIB + (64 << 10), (byte) 0);
        Arrays.fill(content, 2 * MIB, 2 * MIB + (512 << 10), (byte) 0);
        Arrays.fill(content, 8 * MIB, 9 * MIB, (byte) 9);
        Arrays.fill(content, 9 * MIB, 10 * MIB, (byte) 10);
        assertArrayEquals(content, Files.readAllBytes(image));
    }

    @ParameterizedTest
    @EnumSource
    void nbdcopyComesWithSeveralConnections(Family family) throws Exception {
        Lab lab = Lab.with(directory, "nbdcopy");
        serve(family);
        Path copy = directory.resolve("copy");
        lab.run("nbdcopy", "--connections=4", "--requests=16", uri(), copy.toString());
        assertArrayEquals(content, Files.readAllBytes(copy));
        new Random(9).nextBytes(content);
        Arrays.fill(content, 0, 4 * MIB, (byte) 0);
        Files.write(copy, content);
        lab.run("nbdcopy", "--connections=4", "--flush", copy.toString(), uri());
        assertArrayEquals(content, Files.readAllBytes(image));
    }

    @ParameterizedTest
    @EnumSource
    void fioVerifiesWhatItWroteOverSeveralConnections(Family family) throws Exception {
        Lab lab = Lab.with(directory, "fio");
        serve(family);
        String printed = lab.run("fio", "--name=job", "--ioengine=nbd", "--uri=" + uri(),
                "--rw=randrw", "--bsrange=512-128k", "--bs_unaligned=0", "--size=4M", "--numjobs=4",
                "--offset_increment=4M", "--iodepth=16", "--verify=crc32c", "--do_verify=1",
                "--randseed=11", "--allrandrepeat=1", "--thread", "--group_reporting");
        assertHas(printed, "err= 0");
    }
}
