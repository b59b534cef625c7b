// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import mirrorcheck.iotests.host.Executables;

/**
 * One run of a program, in a session of its own where the host has {@code setsid}. When it ends, or
 * is killed, whatever it left running in that session is killed too. Safe for use from any thread.
 */
public final class Program implements AutoCloseable {
    private static final int TAIL_BYTES = 2000;
    /** What an exit code is more than for a program that a signal ended. */
    private static final int SIGNALLED = 128;
    private static final int SWEEPS = 50;
    private static final long SWEEP_MILLIS = 100;
    private static final String SETSID = "setsid";
    private static final Path PROC = Path.of("/proc");

    private final Process process;
    private final List<Path> output;
    private final boolean ownSession;
    private final CompletableFuture<Integer> over;
    private volatile CompletableFuture<?> told;

    /**
     * Starts it.
     *
     * @param directory where it runs and keeps temporary files
     * @param stderr    gets its errors
     * @param stdout    gets its output
     * @throws IOException if the host does not start it
     */
    public Program(List<String> command, Path directory, Path stderr, Path stdout)
            throws IOException {
        output = List.of(stderr, stdout);
        Optional<Path> setsid = Executables.find(SETSID, directory);
        ownSession = setsid.isPresent();
        List<String> whole = new ArrayList<>();
        setsid.ifPresent(wrapper -> whole.add(wrapper.toString()));
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole)
                .directory(directory.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(stdout.toFile())
                .redirectError(stderr.toFile());
        builder.environment().putAll(Map.of("LC_ALL", "C", "TMPDIR", directory.toString()));
        process = builder.start();
        over = process.onExit().thenApply(exited -> {
            sweep();
            return exited.exitValue();
        });
    }

    /**
     * Calls {@code ended} with the exit code once it and what it left behind is gone: 128 and the
     * signal if it was killed. That may be at once, or on another thread.
     */
    public void onEnd(IntConsumer ended) {
        told = over.thenAccept(ended::accept);
    }

    /** Whether it has not ended yet. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Blocks until it has ended, or so long.
     *
     * @return whether it has ended
     */
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return process.waitFor(time, unit);
    }

    /** How it ended: {@code exit code 1} or {@code killed by signal 9}; says so if it runs. */
    public String end() {
        if (isAlive()) {
            return "still running";
        }
        int exit = process.exitValue();
        return exit > SIGNALLED ? "killed by signal " + (exit - SIGNALLED) : "exit code " + exit;
    }

    /** The end of what it printed on stderr, or else on stdout, on one line. */
    public String lastWords() {
        return output.stream().map(Program::tail).filter(said -> !said.isEmpty()).findFirst()
                .orElse("");
    }

    private static String tail(Path file) {
        try {
            byte[] all = Files.readAllBytes(file);
            int from = Math.max(0, all.length - TAIL_BYTES);
            return new String(all, from, all.length - from, StandardCharsets.UTF_8).strip()
                    .replaceAll("\\s*[\\n\\r]+\\s*", " | ");
        } catch (IOException e) {
            return "";
        }
    }

    /** Asks it to end (SIGTERM). */
    public void terminate() {
        process.destroy();
    }

    /** Kills it with its family if it runs. Blocks until all are gone, and that was told. */
    @Override
    public void close() {
        List<ProcessHandle> family = process.descendants().toList();
        process.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
        over.join();
        if (told != null) {
            told.join();
        }
    }

    /** Kills the session's members until none is left; a new one may be born meanwhile. */
    private void sweep() {
        for (int i = 0; i < SWEEPS; i++) {
            List<ProcessHandle> left = ownSession ? members() : List.of();
            if (left.isEmpty()) {
                return;
            }
            left.forEach(ProcessHandle::destroyForcibly);
            CompletableFuture.allOf(left.stream().map(ProcessHandle::onExit)
                    .toArray(CompletableFuture[]::new))
                    .completeOnTimeout(null, SWEEP_MILLIS, TimeUnit.MILLISECONDS).join();
        }
    }

    private List<ProcessHandle> members() {
        try (Stream<Path> entries = Files.list(PROC)) {
            return entries.filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
                    .filter(this::isMember)
                    .flatMap(entry -> ProcessHandle.of(
                            Long.parseLong(entry.getFileName().toString())).stream())
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Reads state and session behind the name, which is in parentheses and may hold any of them. */
    private boolean isMember(Path entry) {
        try {
            String stat = Files.readString(entry.resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            boolean dead = fields[0].equals("Z") || fields[0].equals("X");
            return !dead && Long.parseLong(fields[3]) == process.pid();
        } catch (IOException e) {
            // It ended while the list was read.
            return false;
        }
    }
}
