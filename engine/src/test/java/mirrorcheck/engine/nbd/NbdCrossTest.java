// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.nbd.ExportOptions.Feature;
import mirrorcheck.engine.nbd.wire.Flags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our server with the clients of others, our client with the server of QEMU; see {@link Lab}. */
class NbdCrossTest extends NbdTestBase {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 8 * MIB;

    private String uri(String name) {
        return server.uri(name).toString();
    }

    /** A file with a hole, a MiB of data at 2 MiB, and a short piece at its end. */
    private Path image() throws Exception {
        Path path = directory.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(SIZE);
            file.seek(2 * MIB);
            file.write(pattern(MIB, 1));
            file.seek(SIZE - 4096);
            file.write(pattern(4096, 2));
        }
        return path;
    }

    private FileNode serveFile(Path path, ExportOptions options) throws Exception {
        FileNode node = closing(FileNode.open(path, UNMAP, false));
        server.add("e", NbdExport.of(node, true), options);
        return node;
    }

    private static void assertLines(String printed, String... lines) {
        for (String line : lines) {
            assertTrue(Pattern.compile("^\\s*" + line + "$", Pattern.MULTILINE).matcher(printed)
                    .find(), line + " in:\n" + printed);
        }
    }

    @Test
    void nbdinfoReadsWhatIsOffered() throws Exception {
        Lab lab = Lab.with(directory, "nbdinfo");
        serve(ServerOptions.DEFAULT);
        serveFile(image(), ExportOptions.ALL.withDescription("an image"));
        String printed = lab.run("nbdinfo", uri("e"));
        assertLines(printed, "protocol: newstyle-fixed without TLS, using structured packets",
                "export=\"e\":", "description: an image", "export-size: 8388608 \\(8M\\)",
                "base:allocation", "is_read_only: false", "can_cache: false", "can_df: true",
                "can_fast_zero: true", "can_flush: true", "can_fua: true",
                "can_multi_conn: true", "can_trim: true", "can_zero: true",
                "block_size_minimum: 1", "block_size_preferred: 4096 \\(4K\\)",
                "block_size_maximum: 33554432 \\(32M\\)");
        assertLines(lab.run("nbdinfo", "--list", uri("")), "export=\"e\":");
    }

    @Test
    void nbdinfoReadsThatLittleIsOffered() throws Exception {
        Lab lab = Lab.with(directory, "nbdinfo");
        serve(loopback(), ServerOptions.DEFAULT.withStructuredReplies(false));
        MemoryNode node = new MemoryNode(UNMAP.withReadOnly(true), 512);
        server.add("", NbdExport.of(node, true), ExportOptions.ALL.without(Feature.values()));
        assertLines(lab.run("nbdinfo", uri("")),
                "protocol: newstyle-fixed without TLS, using simple packets",
                "export-size: 512", "is_read_only: true", "can_df: false",
                "can_fast_zero: false", "can_flush: false", "can_fua: false",
                "can_multi_conn: false", "can_trim: false", "can_zero: false");
    }

    @Test
    void mapsShowHolesAndData() throws Exception {
        Lab lab = Lab.with(directory, "nbdinfo", "qemu-img");
        serve(ServerOptions.DEFAULT);
        serveFile(image(), ExportOptions.ALL);
        assertLines(lab.run("nbdinfo", "--map", uri("e")),
                "0 +2097152 +3 +hole,zero", "2097152 +1048576 +0 +data",
                "3145728 +5238784 +3 +hole,zero", "8384512 +4096 +0 +data");
        assertEquals(2, lab.run("qemu-img", "map", "--output=json", "-f", "raw", uri("e"))
                .lines().filter(line -> line.contains("\"data\": true")).count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nbdcopy", "qemu-img"})
    void copiesGoOutAndComeInAndAreSparse(String tool) throws Exception {
        Lab lab = Lab.with(directory, "nbdcopy", "qemu-img");
        serve(ServerOptions.DEFAULT);
        Path image = image();
        serveFile(image, ExportOptions.ALL);
        MemoryNode target = new MemoryNode(UNMAP, SIZE);
        server.add("target", NbdExport.of(target, true), ExportOptions.ALL);
        Path copy = directory.resolve("copy");
        if (tool.equals("nbdcopy")) {
            lab.run(tool, uri("e"), copy.toString());
            lab.run(tool, copy.toString(), uri("target"));
        } else {
            lab.run(tool, "convert", "-f", "raw", "-O", "raw", uri("e"), copy.toString());
            lab.run(tool, "convert", "-n", "-f", "raw", "-O", "raw", copy.toString(),
                    uri("target"));
        }
        assertEquals(-1, Files.mismatch(image, copy));
        assertArrayEquals(Files.readAllBytes(image), read(target, 0, SIZE));
        assertTrue(target.allocatedBytes() <= 2 * MIB, "allocated " + target.allocatedBytes());
        assertEquals("Images are identical.\n", lab.run("qemu-img", "compare", "-f", "raw",
                "-F", "raw", image.toString(), uri("target")));
        assertEquals(List.of(), log);
    }

    @Test
    void copiesToAPoorTargetAreWholeAsWell() throws Exception {
        Lab lab = Lab.with(directory, "nbdcopy", "qemu-img");
        serve(ServerOptions.DEFAULT.withStructuredReplies(false));
        Path image = image();
        serveFile(image, ExportOptions.ALL.without(Feature.values()));
        MemoryNode target = new MemoryNode(UNMAP, SIZE);
        server.add("target", NbdExport.of(target, true), ExportOptions.ALL
                .without(Feature.values()).withBlockSizes(4096, 4096, 64 << 10));
        // Asynchronous, nbdcopy 1.22.2 stops asking its source once it has written zero bytes to a
        // target without zero writes, be the source ours or QEMU's; all its requests are answered.
        lab.run("nbdcopy", "--synchronous", "--request-size=65536", uri("e"), uri("target"));
        assertArrayEquals(Files.readAllBytes(image), read(target, 0, SIZE));
        lab.run("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", uri("e"), uri("target"));
        assertArrayEquals(Files.readAllBytes(image), read(target, 0, SIZE));
    }

    @Test
    void qemuIoSendsItsFlags() throws Exception {
        Lab lab = Lab.with(directory, "qemu-io");
        serve(ServerOptions.DEFAULT);
        GateNode gate = new GateNode(new MemoryNode(UNMAP, SIZE), request -> false);
        server.add("e", NbdExport.of(gate, true), ExportOptions.ALL);
        String printed = lab.run("qemu-io", "-f", "raw", "-t", "writeback", "-d", "unmap",
                "-c", "write -P 7 1M 1M", "-c", "write -f -P 8 3 5",
                "-c", "write -z 64k 64k", "-c", "write -z -u 1M 64k", "-c", "write -z -n 2M 64k",
                "-c", "discard 4M 1M", "-c", "flush",
                "-c", "read -P 7 1088k 960k", "-c", "read -P 0 1M 64k", "-c", "read -P 8 3 5",
                uri("e"));
        assertEquals(3, printed.lines().filter(line -> line.startsWith("read ")).count(), printed);
        assertEquals(List.of(),
                printed.lines().filter(line -> line.contains("failed")).toList());
        List<Request> changes = gate.seen().stream().filter(request ->
                request.kind() != Request.Kind.READ && request.kind() != Request.Kind.FLUSH
                        && request.kind() != Request.Kind.BLOCK_STATUS).toList();
        assertEquals(List.of(
                new Request(Request.Kind.WRITE, MIB, MIB, Set.of()),
                new Request(Request.Kind.WRITE, 3, 5, Set.of(WriteFlag.FUA)),
                new Request(Request.Kind.WRITE_ZEROES, 64 << 10, 64 << 10, Set.of()),
                new Request(Request.Kind.WRITE_ZEROES, MIB, 64 << 10,
                        Set.of(WriteFlag.MAY_UNMAP)),
                new Request(Request.Kind.WRITE_ZEROES, 2 * MIB, 64 << 10,
                        Set.of(WriteFlag.FAST_ZERO)),
                new Request(Request.Kind.DISCARD, 4 * MIB, MIB, Set.of())), changes);
        assertEquals(List.of(), log);
    }

    private UnixDomainSocketAddress daemonAddress() {
        return UnixDomainSocketAddress.of(directory.resolve("qsd"));
    }

    /** Starts a storage daemon of QEMU with an export {@code e} of a file; ends with the test. */
    private Process daemon(Lab lab, Path image, String node, String export) throws Exception {
        Process daemon = lab.start(ProcessBuilder.Redirect.PIPE, "qemu-storage-daemon",
                "--blockdev", "file,node-name=f,filename=" + image + node,
                "--nbd-server", "addr.type=unix,addr.path=" + daemonAddress().getPath(),
                "--export", "nbd,id=x,node-name=f,name=e" + export,
                "--chardev", "stdio,id=c", "--monitor", "c");
        closing(() -> daemon.destroyForcibly().onExit().join());
        // The greeting is sent when everything on the command line is there.
        String line = daemon.inputReader(StandardCharsets.UTF_8).readLine();
        assertTrue(line != null && line.contains("\"QMP\""), line);
        return daemon;
    }

    @Test
    void clientUsesAnExportOfQemu() throws Exception {
        Lab lab = Lab.with(directory, "qemu-storage-daemon");
        Path image = image();
        daemon(lab, image, ",discard=unmap", ",writable=on");
        NbdNode node = closing(NbdNode.connect(UNMAP, daemonAddress(), "e"));
        assertEquals(SIZE, node.exportSize());
        assertEquals(Flags.HAS_FLAGS | Flags.SEND_FLUSH | Flags.SEND_FUA | Flags.SEND_TRIM
                | Flags.SEND_WRITE_ZEROES | Flags.SEND_DF | Flags.SEND_CACHE
                | Flags.SEND_FAST_ZERO, node.exportFlags() & ~Flags.CAN_MULTI_CONN);
        assertEquals(new Limits(1, 0, 32 << 20, 32 << 20, true), node.limits());
        assertArrayEquals(Files.readAllBytes(image), read(node, 0, SIZE));
        assertEquals(new Extent(0, 2 * MIB, BlockStatus.ZERO), node.blockStatus(0, SIZE));
        assertEquals(new Extent(2 * MIB, MIB, BlockStatus.DATA), node.blockStatus(2 * MIB, SIZE));
        byte[] model = Files.readAllBytes(image);
        write(node, 12_345, pattern(100_000, 3));
        System.arraycopy(pattern(100_000, 3), 0, model, 12_345, 100_000);
        node.writeZeroes(2 * MIB, 64 << 10, Set.of(WriteFlag.MAY_UNMAP, WriteFlag.FUA));
        Arrays.fill(model, 2 * MIB, 2 * MIB + (64 << 10), (byte) 0);
        node.writeZeroes(5 * MIB, MIB, Set.of(WriteFlag.FAST_ZERO));
        node.discard(7 * MIB, 64 << 10);
        node.flush();
        assertArrayEquals(model, read(node, 0, SIZE));
        node.close();
        assertArrayEquals(model, Files.readAllBytes(image));
    }

    @Test
    void clientKeepsToAReadOnlyExportOfQemuAndSeesItDie() throws Exception {
        Lab lab = Lab.with(directory, "qemu-storage-daemon");
        Path image = image();
        Process daemon = daemon(lab, image, ",read-only=on", "");
        NbdNode node = closing(
                NbdNode.connect(UNMAP.withReadOnly(true), daemonAddress(), "e"));
        assertTrue((node.exportFlags() & Flags.READ_ONLY) != 0);
        assertArrayEquals(pattern(4096, 2), read(node, SIZE - 4096, 4096));
        BlockException refused = assertThrows(BlockException.class,
                () -> NbdNode.connect(UNMAP, daemonAddress(), "e"));
        assertEquals("Could not open image: Permission denied", refused.getMessage());
        assertEquals("Requested export not available", assertThrows(BlockException.class,
                () -> NbdNode.connect(UNMAP, daemonAddress(), "nope")).getMessage());
        daemon.destroyForcibly().onExit().join();
        BlockException dead = assertThrows(BlockException.class, () -> read(node, 0, 512));
        assertEquals(Errno.EIO, dead.errno());
    }
}
