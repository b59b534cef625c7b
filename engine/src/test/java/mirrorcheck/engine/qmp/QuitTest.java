// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.nbd.ExportOptions;
import mirrorcheck.engine.nbd.NbdExport;
import mirrorcheck.engine.nbd.NbdServer;
import mirrorcheck.engine.nbd.ServerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The end of a daemon, with jobs and clients about. */
@Timeout(60)
class QuitTest {
    private static final List<String> CANCELLED =
            List.of("aborting", "BLOCK_JOB_CANCELLED", "concluded", "null");

    @TempDir
    Path directory;

    private MonitorFixture fixture() {
        return new MonitorFixture(directory,
                "--blockdev", "null-co,node-name=src,size=20971520,read-zeroes=on",
                "--blockdev", "null-co,node-name=dst,size=20971520");
    }

    private static MonitorClient mirroring(MonitorFixture fixture, Object... more)
            throws Exception {
        MonitorClient client = fixture.client();
        List<Object> arguments = new ArrayList<>(List.of("job-id", "j", "device", "src", "target",
                "dst", "sync", "full"));
        arguments.addAll(List.of(more));
        assertEquals("{}", client.run("blockdev-mirror", arguments.toArray()));
        return client;
    }

    private static List<String> with(List<String> list, String... others) {
        List<String> all = new ArrayList<>(List.of(others));
        all.addAll(list);
        all.add("<reply>");
        return all;
    }

    @Test
    void aReadyJobIsPausedAndCancelledBeforeTheReply() throws Exception {
        try (MonitorFixture fixture = fixture()) {
            MonitorClient client = mirroring(fixture);
            client.eventsUntil("BLOCK_JOB_READY");
            assertEquals(with(CANCELLED, "standby", "ready"),
                    client.trace("{'execute':'quit'}", 0));
            fixture.daemon.awaitQuit();
        }
    }

    @Test
    void aRunningJobIsPausedAndCancelledBeforeTheReply() throws Exception {
        try (MonitorFixture fixture = fixture()) {
            MonitorClient client = mirroring(fixture, "speed", 1L);
            client.forget();
            assertEquals(with(CANCELLED, "paused", "running"),
                    client.trace("{'execute':'quit'}", 0));
            fixture.daemon.awaitQuit();
        }
    }

    @Test
    void aPausedJobIsResumedToBeCancelled() throws Exception {
        try (MonitorFixture fixture = fixture()) {
            MonitorClient client = mirroring(fixture, "speed", 1L);
            assertEquals("{}", client.run("job-pause", "id", "j"));
            client.eventsUntil("paused");
            assertEquals(with(CANCELLED, "running"), client.trace("{'execute':'quit'}", 0));
        }
    }

    @Test
    void aPendingJobIsCancelled() throws Exception {
        try (MonitorFixture fixture = fixture()) {
            MonitorClient client = mirroring(fixture, "auto-finalize", false);
            client.eventsUntil("BLOCK_JOB_READY");
            client.run("job-complete", "id", "j");
            client.eventsUntil("BLOCK_JOB_PENDING");
            assertEquals(with(CANCELLED), client.trace("{'execute':'quit'}", 0));
        }
    }

    @Test
    void aConcludedJobIsNoObstacle() throws Exception {
        try (MonitorFixture fixture = fixture()) {
            MonitorClient client = mirroring(fixture, "auto-dismiss", false);
            client.run("job-cancel", "id", "j");
            client.eventsUntil("concluded");
            assertEquals(List.of("<reply>"), client.trace("{'execute':'quit'}", 0));
        }
    }

    @Test
    void theReplyIsReadBeforeTheConnectionEnds() throws Exception {
        try (MonitorFixture fixture = fixture()) {
            MonitorClient client = fixture.client();
            client.send("{'execute':'quit','id':'last'}\n");
            fixture.daemon.awaitQuit();
            fixture.daemon.close();
            assertEquals("last", client.next().get("id"));
            assertTrue(client.isEnded());
        }
    }

    @Test
    void socketsAndPidfileAreGoneAfterwards() throws Exception {
        Path pidfile = directory.resolve("pid");
        Path nbd = directory.resolve("nbd.sock");
        try (MonitorFixture fixture = new MonitorFixture(directory, "--pidfile",
                pidfile.toString(), "--nbd-server", "addr.type=unix,addr.path=" + nbd)) {
            fixture.client();
            assertEquals(ProcessHandle.current().pid() + "\n", Files.readString(pidfile));
            assertTrue(Files.exists(nbd));
            fixture.daemon.close();
            assertFalse(Files.exists(pidfile));
            assertFalse(Files.exists(nbd));
            assertFalse(Files.exists(fixture.socket()));
        }
    }

    @Test
    void exportsAndTheirClientsDoNotKeepADaemonAlive() throws Exception {
        Path nbd = directory.resolve("nbd.sock");
        try (MonitorFixture fixture = fixture()) {
            MonitorClient client = fixture.client();
            Map<String, Object> unix = Map.of("path", nbd.toString());
            client.query("nbd-server-start", "addr", Map.of("type", "unix", "data", unix));
            client.query("block-export-add", "type", "nbd", "id", "e", "node-name", "src",
                    "writable", true);
            client.query("blockdev-add", "driver", "nbd", "node-name", "loop", "export", "src",
                    "server", Map.of("type", "unix", "path", nbd.toString()));
            assertEquals("GenericError: export 'e' still in use",
                    client.run("block-export-del", "id", "e"));
            assertEquals("{}", client.run("{'execute':'quit'}"));
        }
        assertFalse(Files.exists(nbd));
    }

    /** A server that takes connections, by the system, and never answers. */
    private static ServerSocketChannel deadServer(Path socket) throws Exception {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        return server;
    }

    @Test
    void aCommandThatHangsDoesNotHoldUpTheEnd() throws Exception {
        Path dead = directory.resolve("dead");
        try (ServerSocketChannel server = deadServer(dead); MonitorFixture fixture = fixture()) {
            MonitorClient client = fixture.client();
            client.send("{'execute':'blockdev-add','arguments':{'driver':'nbd','node-name':'n',"
                    + "'server':{'type':'unix','path':'" + dead + "'}}}\n");
            try (SocketChannel greeted = server.accept()) {
                fixture.daemon.end();
                assertFalse(Files.exists(fixture.socket()));
                String reply = client.reply();
                assertTrue(reply.startsWith("GenericError: ") && reply.endsWith(": interrupted"),
                        reply);
                assertTrue(greeted.isOpen());
            }
        }
    }

    @Test
    void aTargetThatHangsDoesNotHoldUpTheEnd() throws Exception {
        Path nbd = directory.resolve("target.sock");
        byte[] data = new byte[1 << 20];
        Arrays.fill(data, (byte) 1);
        Path source = Files.write(directory.resolve("src"), data);
        HeldNode held = new HeldNode("held",
                new MemoryNode(FilterNode.transparent("memory"), data.length));
        held.hold(Request.Kind.WRITE);
        try (NbdServer server = NbdServer.listen(UnixDomainSocketAddress.of(nbd),
                ServerOptions.DEFAULT)) {
            try (MonitorFixture fixture = new MonitorFixture(directory, "--blockdev",
                    "file,node-name=src,filename=" + source)) {
                server.add("t", NbdExport.of(held, true), ExportOptions.ALL);
                MonitorClient client = fixture.client();
                client.query("blockdev-add", "driver", "nbd", "node-name", "dst", "export", "t",
                        "server", Map.of("type", "unix", "path", nbd.toString()));
                client.run("blockdev-mirror", "job-id", "j", "device", "src", "target", "dst",
                        "sync", "full");
                held.awaitRequest();
                fixture.daemon.end();
                assertEquals(List.of(), fixture.daemon.jobs().all());
                assertFalse(Files.exists(fixture.socket()));
            } finally {
                held.release();
            }
        }
    }
}
