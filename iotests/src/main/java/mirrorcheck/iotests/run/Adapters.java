// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.AdapterFile;
import mirrorcheck.iotests.adapter.command.CommandAdapter;
import mirrorcheck.iotests.adapter.command.CommandSettings;
import mirrorcheck.iotests.adapter.engine.EngineAdapter;
import mirrorcheck.iotests.adapter.qmp.DaemonSettings;
import mirrorcheck.iotests.adapter.qmp.QmpAdapter;
import mirrorcheck.iotests.judge.HarnessError;

/** The adapters {@code --adapter} can name. */
public final class Adapters {
    /** The adapter of a run that names none. */
    public static final String DEFAULT = "engine";
    /** The name of a daemon that was given by its path alone. */
    public static final String DAEMON = "qsd";

    private final Map<String, AdapterFactory> factories;
    private final SuiteTree tree;

    /** A registry of these, without folders. */
    public Adapters(Map<String, AdapterFactory> factories) {
        this(factories, null);
    }

    private Adapters(Map<String, AdapterFactory> factories, SuiteTree tree) {
        this.factories = new TreeMap<>(factories);
        this.tree = tree;
    }

    /** Those that need no files. */
    public static Adapters standard() {
        return new Adapters(Map.of(DEFAULT, EngineAdapter::new));
    }

    /** Those that need no files, and the folders below {@code iotests/adapters}. */
    public static Adapters standard(SuiteTree tree) {
        return new Adapters(standard().factories, tree);
    }

    /**
     * The name under which reports know an adapter: its own, or that of its folder if {@code
     * adapter} is a path.
     */
    public static String nameOf(String adapter) {
        Path last = Path.of(adapter).toAbsolutePath().normalize().getFileName();
        return adapter.contains("/") && last != null ? last.toString() : adapter;
    }

    /**
     * Makes the adapter with this name, or one of that name for a daemon: with the settings of the
     * folder of that name, if there is one.
     *
     * @param daemon a program that speaks QMP and serves NBD, or null
     * @throws HarnessError if there is no such adapter, or the daemon does not start or does not
     *         know mirrors
     */
    public Adapter create(String name, Path daemon) {
        if (daemon == null) {
            return create(name);
        }
        if (!name.contains("/") && !described().contains(name)) {
            return daemon("--qsd " + daemon, name, DaemonSettings.of(daemon));
        }
        AdapterFile file = file(folder(name));
        if (!file.type().equals("qmp")) {
            throw new HarnessError("--qsd " + daemon + ": adapter " + name
                    + ": not of type qmp: it takes no daemon");
        }
        return daemon("--qsd " + daemon, nameOf(name), DaemonSettings.of(file)
                .withProgram(daemon));
    }

    private static Adapter daemon(String asked, String name, DaemonSettings settings) {
        try {
            return new QmpAdapter(name, settings);
        } catch (IOException e) {
            throw new HarnessError(asked + ": " + e.getMessage(), e);
        }
    }

    /**
     * Makes the adapter with this name, or the one that a folder describes: one below {@code
     * iotests/adapters} by its name, any other by a path with a slash in it.
     *
     * @throws HarnessError if there is none, naming what was probably meant, or if it is not set up
     *         right
     */
    public Adapter create(String name) {
        AdapterFactory factory = factories.get(name);
        if (factory == null) {
            return describedBy(folder(name));
        }
        try {
            return factory.create();
        } catch (IOException e) {
            throw new HarnessError("adapter " + name + ": " + e.getMessage(), e);
        }
    }

    /** Every name there is, sorted. */
    List<String> names() {
        return Stream.concat(factories.keySet().stream(), described().stream()).sorted().toList();
    }

    private Path folder(String name) {
        if (name.contains("/")) {
            Path folder = Path.of(name);
            if (!Files.isRegularFile(folder.resolve(AdapterFile.NAME))) {
                throw new HarnessError("--adapter " + name + ": "
                        + (Files.isDirectory(folder) ? "no " + AdapterFile.NAME + " in it"
                        : "no such folder"));
            }
            return folder;
        }
        if (described().contains(name)) {
            return tree.adapters().resolve(name);
        }
        List<String> known = names();
        throw new HarnessError("--adapter " + name + ": unknown adapter"
                + Suggest.didYouMean(name, known) + "; there are: "
                + (known.isEmpty() ? "none" : String.join(", ", known)));
    }

    private Adapter describedBy(Path folder) {
        AdapterFile file = file(folder);
        String name = nameOf(folder.toAbsolutePath().toString());
        return file.type().equals("command")
                ? new CommandAdapter(name, CommandSettings.of(file))
                : daemon("adapter " + name, name, DaemonSettings.of(file));
    }

    private AdapterFile file(Path folder) {
        Path file = folder.resolve(AdapterFile.NAME);
        return AdapterFile.read(folder, tree == null ? file.toString() : tree.shown(file));
    }

    /** The folders with a description, by name. */
    private List<String> described() {
        if (tree == null || !Files.isDirectory(tree.adapters())) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(tree.adapters())) {
            return folders.filter(one -> Files.isRegularFile(one.resolve(AdapterFile.NAME)))
                    .map(one -> one.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new HarnessError(tree.shown(tree.adapters()) + ": cannot be read: " + e, e);
        }
    }
}
