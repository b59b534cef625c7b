// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.iotests.adapter.Program;

/**
 * A command that copies, from its start to its end.
 *
 * @param words the command; {@code {source}}, {@code {target}} and their formats are filled in
 */
record CommandPeer(String name, List<String> words, Predicate<PeerCase> can) implements Peer {
    private static final long PATIENCE_SECONDS = 600;

    @Override
    public boolean takes(PeerCase what) {
        return can.test(what);
    }

    @Override
    public boolean wantsTarget() {
        return false;
    }

    @Override
    public long copy(PeerCase what, Path source, Path target, Path directory)
            throws IOException, InterruptedException {
        List<String> command = words.stream().map(word -> word
                .replace("{source}", source.toString())
                .replace("{target}", target.toString())
                .replace("{source-format}", what.formats().source().word())
                .replace("{target-format}", what.formats().target().word())).toList();
        long start = Clock.SYSTEM.nanoTime();
        try (Program program = new Program(command, directory, directory.resolve("stderr"),
                directory.resolve("stdout"))) {
            boolean ended = program.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            long nanos = Clock.SYSTEM.nanoTime() - start;
            if (!ended || !program.end().equals("exit code 0")) {
                throw new IOException(name + ": " + program.end() + ": " + program.lastWords());
            }
            return nanos;
        }
    }
}
