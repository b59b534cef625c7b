// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.qmp;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import mirrorcheck.iotests.adapter.AdapterFile;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.host.Executables;
import mirrorcheck.iotests.judge.HarnessError;

/**
 * How a daemon is started, and what it is said to do beside what it tells itself.
 *
 * @param folder  where programs with a slash that is not absolute are looked for, absolute
 * @param argv    the program and its first arguments; {@link #MONITOR} stands for the path of the
 *         socket where its monitor is to listen, for a daemon whose options are not those of {@code
 *         qemu-storage-daemon}
 * @param claims  what it can do that cannot be asked of it
 * @param without what it does not claim although it seems to have it
 */
public record DaemonSettings(Path folder, List<String> argv, Set<Capability> claims,
        Set<Capability> without) {
    /** Placeholder in {@code argv}. */
    static final String MONITOR = "{monitor-socket}";

    private static final List<String> KEYS = List.of("type", "argv", "capabilities", "without",
            "description");
    private static final Set<Capability> ASKED_OF_NOBODY = EnumSet.of(Capability.OVERLAP);

    /** Keeps copies. */
    public DaemonSettings {
        argv = List.copyOf(argv);
        claims = Set.copyOf(claims);
        without = Set.copyOf(without);
    }

    /** A daemon that is known by its path alone. */
    public static DaemonSettings of(Path program) {
        Path absolute = program.toAbsolutePath();
        return new DaemonSettings(absolute.getParent(), List.of(absolute.toString()), Set.of(),
                Set.of());
    }

    /**
     * Takes them from a file.
     *
     * @throws HarnessError if something is wrong, naming file, key and value and what was probably
     *         meant
     */
    public static DaemonSettings of(AdapterFile file) {
        file.checkKeys(KEYS);
        return new DaemonSettings(file.folder(), file.argv(),
                file.capabilities("capabilities", ASKED_OF_NOBODY, "a daemon"),
                file.capabilities("without", EnumSet.allOf(Capability.class), "anything"));
    }

    /** The same for another program. */
    public DaemonSettings withProgram(Path program) {
        List<String> changed = new ArrayList<>(argv);
        changed.set(0, program.toAbsolutePath().toString());
        return new DaemonSettings(folder, changed, claims, without);
    }

    /** Whether it takes the options of {@code qemu-storage-daemon}. */
    boolean hasUsualOptions() {
        return argv.stream().noneMatch(word -> word.contains(MONITOR));
    }

    /**
     * The command that starts it.
     *
     * @param socket  where its monitor is to listen
     * @param pidFile what it is to write when it has started
     * @throws IOException if there is no such program; the message says what to do
     */
    List<String> command(Path socket, Path pidFile) throws IOException {
        String first = argv.getFirst();
        Path program = Executables.find(first, folder)
                .orElseThrow(() -> new IOException(Executables.notFound(first, folder)));
        List<String> command = new ArrayList<>(argv.stream()
                .map(word -> word.replace(MONITOR, socket.toString())).toList());
        command.set(0, program.toString());
        if (hasUsualOptions()) {
            command.addAll(List.of("--pidfile", pidFile.toString(),
                    "--chardev", "socket,id=monitor,path=" + socket + ",server=on,wait=off",
                    "--monitor", "chardev=monitor"));
        }
        return command;
    }
}
