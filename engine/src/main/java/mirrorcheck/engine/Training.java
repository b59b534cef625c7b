// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import mirrorcheck.engine.qmp.Daemon;
import mirrorcheck.engine.qmp.Startup;

/**
 * Runs once at the end of a build: shows the JVM what a daemon loads while it starts, mirrors and
 * exports, and leaves the launcher a note.
 *
 * <p>The note is {@code engine/target/java-home}: the JDK on its first line, the top of the project
 * on its second. It is as old as the beginning of the build, so that every source newer than the
 * note is one the build did not see.
 */
public final class Training {
    private static final String READY = "\"event\": \"BLOCK_JOB_READY\"";
    private static final String CONCLUDED = "\"status\": \"concluded\"";
    /** A job that failed says why in a string; a command that is refused answers an object. */
    private static final String FAILED = "\"error\": \"";
    private static final String GONE = "\"status\": \"null\"";

    /** Enough for the JVM to compile what a mirror does for each. */
    private static final long EXTENTS = 16 << 10;
    /** A chunk each, so that no more is written: 64 MiB in all. */
    private static final int EXTENT_BYTES = 4 << 10;
    /** From one extent to the next. */
    private static final long STRIDE = 256 << 10;

    private Training() {
    }

    /** Takes the top of the project and the time at which the build began, ISO 8601. */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]).toRealPath();
        Path target = root.resolve("engine").resolve("target");
        Path scratch = Files.createTempDirectory(target, "training");
        try {
            run(scratch);
        } finally {
            for (String left : List.of("src", "dst", "qmp", "nbd", "pid")) {
                Files.deleteIfExists(scratch.resolve(left));
            }
            Files.delete(scratch);
        }
        Path note = target.resolve("java-home");
        Files.writeString(note, System.getProperty("java.home") + "\n" + root + "\n");
        Files.setLastModifiedTime(note, FileTime.from(Instant.parse(arguments[1])));
    }

    private static void run(Path scratch) throws IOException {
        writeSource(scratch.resolve("src"));
        try (Daemon daemon = new Daemon(System.err)) {
            PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false,
                    StandardCharsets.UTF_8);
            new Startup("training", daemon, System.in, nowhere, nowhere, System.err).run(List.of(
                    "--chardev", "socket,id=m,path=" + scratch.resolve("qmp")
                            + ",server=on,wait=off", "--monitor", "m",
                    "--blockdev", "file,node-name=file,filename=" + scratch.resolve("src"),
                    "--blockdev", "raw,node-name=src,file=file",
                    "--nbd-server", "addr.type=unix,addr.path=" + scratch.resolve("nbd"),
                    "--export", "nbd,id=e,node-name=src,writable=on",
                    "--pidfile", scratch.resolve("pid").toString()));
            try (SocketChannel client = SocketChannel.open(
                    UnixDomainSocketAddress.of(scratch.resolve("qmp")))) {
                talk(client, scratch);
            }
        }
    }

    /** A mirror of some length, so that the JVM learns what is worth compiling at once. */
    private static void writeSource(Path path) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(EXTENT_BYTES);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)) {
            for (long end = STRIDE; end <= EXTENTS * STRIDE; end += STRIDE) {
                file.write(data.clear(), end - EXTENT_BYTES);
            }
        }
    }

    private static void talk(SocketChannel client, Path scratch) throws IOException {
        OutputStream out = Channels.newOutputStream(client);
        BufferedReader in = new BufferedReader(new InputStreamReader(
                Channels.newInputStream(client), StandardCharsets.US_ASCII));
        send(out, "{'execute':'qmp_capabilities'}{'execute':'query-version'}{bad}\n"
                + "{'execute':'nope','id':1}{'execute':'query-qmp-schema'}"
                + "{'execute':'blockdev-create','arguments':{'job-id':'c','options':"
                + "{'driver':'file','filename':'" + scratch.resolve("dst")
                + "','size':" + EXTENTS * STRIDE + "}}}");
        until(in, CONCLUDED);
        send(out, "{'execute':'job-dismiss','arguments':{'id':'c'}}"
                + "{'execute':'blockdev-add','arguments':{'driver':'raw','node-name':'dst',"
                + "'discard':'unmap','file':{'driver':'file','filename':'"
                + scratch.resolve("dst") + "'}}}"
                + "{'execute':'blockdev-add','arguments':{'driver':'nbd','node-name':'n',"
                + "'export':'src','server':{'type':'unix','path':'" + scratch.resolve("nbd")
                + "'}}}"
                + "{'execute':'query-named-block-nodes'}{'execute':'query-block-exports'}"
                + "{'execute':'blockdev-mirror','arguments':{'job-id':'j','device':'src',"
                + "'target':'dst','sync':'full','granularity':" + EXTENT_BYTES + "}}");
        until(in, READY);
        send(out, "{'execute':'query-block-jobs'}{'execute':'query-jobs'}"
                + "{'execute':'job-complete','arguments':{'id':'j'}}");
        until(in, GONE);
        send(out, "{'execute':'quit'}");
        until(in, "return");
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.replace('\\', '/').getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void until(BufferedReader in, String part) throws IOException {
        String line;
        do {
            line = in.readLine();
            if (line == null || line.contains(FAILED)) {
                throw new IOException("training: waiting for " + part + ": " + line);
            }
        } while (!line.contains(part));
    }
}
