// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import mirrorcheck.iotests.adapter.AdapterFile;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.MirrorHandle;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.RawImages;
import mirrorcheck.iotests.judge.ContentJudge;
import mirrorcheck.iotests.judge.Skipped;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small shell scripts as copiers: good ones, and those that fail, hang or leave children. */
@Timeout(60)
class CommandAdapterTest {
    private static final Map<String, Object> MIRROR = Map.of("job-id", "m", "device", "source",
            "target", "target", "sync", "full");

    @TempDir
    private Path dir;
    private final ImageModel model = new ImageModel(8192).write(0, 4096, 0x5a);

    @BeforeEach
    void images() throws IOException {
        RawImages.create(dir.resolve("source"), model);
        RawImages.create(dir.resolve("target"), new ImageModel(8192));
    }

    /** A copier that is this shell script; $1 is the source and $2 the target. */
    private Adapter copier(String script, String source, String target) throws IOException {
        Path file = dir.resolve("copy.sh");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        assertTrue(file.toFile().setExecutable(true));
        Files.writeString(dir.resolve("adapter.json"), """
                {"type": "command", "argv": ["./copy.sh", "%s", "%s"]}
                """.formatted(source, target));
        return new CommandAdapter("c", CommandSettings.of(AdapterFile.read(dir, "adapter.json")));
    }

    private Session open(Adapter adapter) throws IOException {
        Session session = adapter.open(dir, () -> { });
        for (String name : List.of("source", "target")) {
            session.openNode(Map.of("node-name", name, "filename", dir.resolve(name).toString()));
        }
        return session;
    }

    private Session open(String script) throws IOException {
        return open(copier(script, "{source-path}", "{target-path}"));
    }

    private OptionalLong difference() throws IOException {
        return ContentJudge.firstDifference(dir.resolve("target"), model);
    }

    @Test
    void aGoodCopyIsReadyAndCompletes() throws IOException {
        try (Session session = open("cp \"$1\" \"$2\"")) {
            MirrorHandle job = session.startMirror(MIRROR);
            assertEquals("ready", job.awaitStatus(Set.of("ready")));
            assertEquals(8192L, job.query().get("offset"));
            job.verb("complete", Map.of());
            assertEquals("null", job.awaitStatus(Set.of("null")));
            assertEquals(null, job.query().get("error"));
        }
        assertEquals(OptionalLong.empty(), difference());
    }

    @Test
    void aWrongByteIsForTheJudge() throws IOException {
        try (Session session = open("cp \"$1\" \"$2\"; printf x"
                + " | dd of=\"$2\" bs=1 seek=77 conv=notrunc status=none")) {
            assertEquals("ready", session.startMirror(MIRROR).awaitStatus(Set.of("ready")));
        }
        assertEquals(OptionalLong.of(77), difference());
    }

    @Test
    void aFailureIsTheJobsErrorWithTheLastWords() throws IOException {
        try (Session session = open("echo one >&2; echo two >&2; exit 3")) {
            MirrorHandle job = session.startMirror(MIRROR);
            assertEquals("null", job.awaitStatus(Set.of("ready")));
            assertEquals("exit code 3: one | two", job.query().get("error"));
            assertEquals("one\ntwo\n", Files.readString(dir.resolve("m.stderr")));
        }
    }

    @Test
    void silenceIsSaid() throws IOException {
        try (Session session = open("kill -9 $$")) {
            MirrorHandle job = session.startMirror(MIRROR);
            assertEquals("null", job.awaitStatus(Set.of("ready")));
            assertEquals("killed by signal 9, without a word", job.query().get("error"));
        }
    }

    /** A script that makes a pipe, starts a child that reads from it for ever, and tells both ids. */
    private static final String CHILD = "mkfifo \"$2.pipe\"; (cat < \"$2.pipe\") & "
            + "echo $! > \"$2.child\"; echo $$ > \"$2.self\"; echo told > \"$2.told\"; ";

    @Test
    void whatHangsIsKilledWithItsChildren() throws Exception {
        try (Session session = open("mkfifo \"$2.told\"; " + CHILD + "wait")) {
            MirrorHandle job = session.startMirror(MIRROR);
            awaitTold();
            job.verb("cancel", Map.of("force", true));
            assertEquals("null", job.awaitStatus(Set.of("ready")));
            assertEquals("Operation canceled", job.query().get("error"));
        }
        assertGone("child");
        assertGone("self");
    }

    @Test
    void closingKillsToo() throws Exception {
        try (Session session = open("mkfifo \"$2.told\"; " + CHILD + "wait")) {
            session.startMirror(MIRROR);
            awaitTold();
        }
        assertGone("child");
        assertGone("self");
    }

    @Test
    void whatIsLeftRunningIsGoneWhenTheCopyIsReady() throws Exception {
        try (Session session = open(CHILD + "cp \"$1\" \"$2\"")) {
            assertEquals("ready", session.startMirror(MIRROR).awaitStatus(Set.of("ready")));
            assertGone("child");
        }
    }

    /** Blocks until the script has written into its pipe, and then has told its ids. */
    private void awaitTold() throws IOException {
        Path pipe = dir.resolve("target.told");
        while (!Files.exists(pipe)) {
            Thread.onSpinWait();
        }
        assertEquals("told\n", Files.readString(pipe));
    }

    private void assertGone(String who) throws IOException {
        long pid = Long.parseLong(Files.readString(dir.resolve("target." + who)).strip());
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        boolean alive = Files.exists(stat) && !Files.readString(stat).contains(") Z ");
        assertFalse(alive, who + " still runs: " + pid);
    }

    @Test
    void endsThatAreServedAreNamedByTheirUris() throws IOException {
        Adapter adapter = copier("printf '%s\\n' \"$@\" > \"${0%/*}/args\"", "s={source}",
                "{target}");
        Path socket;
        try (Session session = open(adapter)) {
            session.startMirror(MIRROR).awaitStatus(Set.of("ready"));
            List<String> args = Files.readAllLines(dir.resolve("args"));
            URI target = URI.create(args.get(1));
            assertTrue(args.get(0).startsWith("s=nbd+unix:///source?socket=/"), args.get(0));
            assertEquals("/target", target.getPath());
            socket = Path.of(target.getQuery().replaceFirst("^socket=", ""));
            assertTrue(Files.exists(socket));
        }
        assertFalse(Files.exists(socket.getParent()));
    }

    @Test
    void aProgramThatIsMissingSkips() throws IOException {
        Adapter adapter = copier("", "{source-path}", "{target-path}");
        Files.delete(dir.resolve("copy.sh"));
        Skipped e = assertThrows(Skipped.class, () -> adapter.open(dir, () -> { }));
        assertEquals("adapter c: " + dir.resolve("copy.sh") + ": no such program", e.getMessage());
    }

    @Test
    void whatAProgramCannotDoIsRefused() throws IOException {
        try (Session session = open("exit 0")) {
            assertEquals("mirror: speed=1: a program that copies takes no such option",
                    assertThrows(IOException.class, () -> session.startMirror(Map.of("speed", 1)))
                            .getMessage());
            assertEquals("node 'n': discard=unmap: a program that copies takes no such option",
                    assertThrows(IOException.class, () -> session.openNode(
                            Map.of("node-name", "n", "filename", "f", "discard", "unmap")))
                            .getMessage());
            MirrorHandle job = session.startMirror(MIRROR);
            assertEquals("job 'm': pause: a program that copies has no such verb",
                    assertThrows(IOException.class, () -> job.verb("pause", Map.of()))
                            .getMessage());
        }
    }
}
