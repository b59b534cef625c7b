// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static mirrorcheck.engine.qmp.schema.Type.Member.optional;
import static mirrorcheck.engine.qmp.schema.Type.Member.required;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.qmp.cli.KeyValues;
import mirrorcheck.engine.qmp.cli.OptionScanner;
import mirrorcheck.engine.qmp.cli.OptionScanner.Option;
import mirrorcheck.engine.qmp.cli.UsageException;
import mirrorcheck.engine.qmp.schema.Arguments;
import mirrorcheck.engine.qmp.schema.Check;
import mirrorcheck.engine.qmp.schema.Type.Choice;
import mirrorcheck.engine.qmp.schema.Type.Scalar;
import mirrorcheck.engine.qmp.schema.Type.Struct;

/**
 * Sets a daemon up as a command line says, one option after the other, in their order.
 *
 * <p>Errors go to the error stream as {@code program: --option value: what is wrong}.
 */
public final class Startup {
    /** What comes of a command line. */
    public enum Outcome {
        /** The daemon runs. */
        RUNNING,
        /** Help or version was asked for and printed. */
        ANSWERED,
        /** Something is wrong, and was said. */
        FAILED
    }

    private static final OptionScanner SCANNER = new OptionScanner(
            List.of("blockdev", "chardev", "export", "monitor", "nbd-server", "object", "pidfile",
                    "trace"),
            List.of("daemonize", "help", "version"), Map.of("h", "help", "V", "version"));
    private static final Struct MONITOR = Struct.of("MonitorOptions",
            optional("mode", Choice.of("MonitorMode", "readline", "control")),
            optional("pretty", Scalar.BOOLEAN), required("chardev", Scalar.STRING));

    private final String program;
    private final Daemon daemon;
    private final PrintStream out;
    private final PrintStream err;
    private final ChardevOptions chardevs;
    private Path pidfile;

    /**
     * Does nothing yet.
     *
     * @param program the name that messages begin with
     * @param in      what a chardev {@code stdio} reads, and {@code client} what it writes
     * @param out     for help and version
     */
    public Startup(String program, Daemon daemon, InputStream in, OutputStream client,
            PrintStream out, PrintStream err) {
        this.program = program;
        this.daemon = daemon;
        this.out = out;
        this.err = err;
        this.chardevs = new ChardevOptions(in, client, err, daemon::removeAtEnd);
    }

    /** Does what the command line says. */
    public Outcome run(List<String> arguments) {
        try {
            List<Option> options = SCANNER.scan(arguments);
            for (Option option : options) {
                if (answer(option)) {
                    return Outcome.ANSWERED;
                }
            }
            for (Option option : options) {
                apply(option);
            }
            writePidfile();
            return Outcome.RUNNING;
        } catch (UsageException e) {
            err.println(program + ": " + e.getMessage());
            return Outcome.FAILED;
        }
    }

    /** What is asked of the program itself, before anything is set up. */
    private boolean answer(Option option) throws UsageException {
        switch (option.name()) {
            case "help" -> Usage.print(program, out);
            case "version" -> out.println(program + " version " + Version.PACKAGE);
            case "daemonize" -> throw new UsageException("--daemonize: not supported: start it in "
                    + "the background, and let --pidfile tell its process");
            case "trace" -> throw new UsageException("--trace: not supported");
            case "pidfile" -> {
                pidfile = Path.of(option.value());
                return false;
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void apply(Option option) throws UsageException {
        try {
            switch (option.name()) {
                case "blockdev" -> daemon.nodes().add(
                        members(option, "driver", NodeTypes.OPTIONS));
                case "chardev" -> daemon.closeAtEnd(
                        chardevs.open(option.value(), program + ": " + option.asWritten()));
                case "export" -> daemon.exports().add(
                        members(option, "type", NodeCommands.EXPORT_OPTIONS));
                case "monitor" -> monitor(members(option, "chardev", MONITOR));
                case "nbd-server" -> nbdServer(members(option, null,
                        NodeCommands.SERVER_OPTIONS));
                case "object" -> daemon.throttleGroups().add(
                        members(option, "qom-type", NodeCommands.OBJECT_OPTIONS));
                default -> { }
            }
        } catch (UsageException | QmpError | BlockException e) {
            throw new UsageException(option.asWritten() + ": " + e.getMessage());
        }
    }

    private static Arguments members(Option option, String implied, Struct type)
            throws UsageException, QmpError {
        KeyValues given = KeyValues.parse(option.value(), implied);
        return Check.object(type, given.members(), given.input());
    }

    private void monitor(Arguments options) throws UsageException {
        if (options.string("mode", "control").equals("readline")) {
            throw new UsageException("Only QMP is supported");
        }
        chardevs.take(options.string("chardev")).serve(daemon, options.bool("pretty", false));
    }

    private void nbdServer(Arguments options) throws BlockException {
        daemon.exports().checkNotRunning();
        daemon.exports().startServer(Addresses.of(options.object("addr")), options);
    }

    private void writePidfile() throws UsageException {
        if (pidfile == null) {
            return;
        }
        try {
            Files.writeString(pidfile, ProcessHandle.current().pid() + "\n");
        } catch (IOException e) {
            String reason = e instanceof NoSuchFileException ? Errno.ENOENT.text()
                    : e.getMessage();
            throw new UsageException("cannot create PID file: Could not create '" + pidfile
                    + "': " + reason);
        }
        Path written = pidfile;
        daemon.removeAtEnd(written);
        daemon.closeAtEnd(() -> Files.deleteIfExists(written));
    }
}
