// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.host.Executables;
import mirrorcheck.iotests.judge.Skipped;
import org.apache.commons.io.file.PathUtils;

/** Any program that copies a source to a target and ends. */
public final class CommandAdapter implements Adapter {
    private final String name;
    private final CommandSettings settings;

    /** An adapter with these settings; the program is looked for when a session is opened. */
    public CommandAdapter(String name, CommandSettings settings) {
        this.name = name;
        this.settings = settings;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.copyOf(settings.capabilities());
    }

    /** The command with its placeholders, for people. */
    @Override
    public String toString() {
        return String.join(" ", settings.argv());
    }

    /**
     * {@inheritDoc}
     *
     * @throws Skipped if the program is not installed
     */
    @Override
    public Session open(Path scratch, Runnable progress) throws IOException {
        String first = settings.argv().getFirst()
                .replace(Placeholder.ADAPTER.text(), settings.folder().toString());
        Optional<Path> program = Executables.find(first, settings.folder());
        if (program.isEmpty()) {
            throw new Skipped(List.of("adapter " + name + ": "
                    + Executables.notFound(first, settings.folder())));
        }
        Path directory = Files.createTempDirectory("mirrorcheck-");
        try {
            return new CommandSession(settings, program.get(), scratch, directory, progress);
        } catch (IOException e) {
            PathUtils.deleteDirectory(directory);
            throw e;
        }
    }
}
