// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.engine.EngineAdapter;
import mirrorcheck.iotests.adapter.qmp.QmpAdapter;
import mirrorcheck.iotests.judge.HarnessError;

/** The adapters {@code --adapter} can name. */
public final class Adapters {
    /** The adapter of a run that names none. */
    public static final String DEFAULT = "engine";
    /** The name of a daemon that was given by its path alone. */
    public static final String DAEMON = "qsd";

    private final Map<String, AdapterFactory> factories;

    /** A registry of these. */
    public Adapters(Map<String, AdapterFactory> factories) {
        this.factories = new TreeMap<>(factories);
    }

    /** Those that come with the suite. */
    public static Adapters standard() {
        return new Adapters(Map.of(DEFAULT, EngineAdapter::new));
    }

    /**
     * Makes the adapter with this name, or one of that name for a daemon.
     *
     * @param daemon a program that speaks QMP and serves NBD, or null
     * @throws HarnessError if there is no such adapter, or the daemon does not start or does not
     *         know mirrors
     */
    public Adapter create(String name, Path daemon) {
        if (daemon == null) {
            return create(name);
        }
        try {
            return new QmpAdapter(name, daemon.toAbsolutePath());
        } catch (IOException e) {
            throw new HarnessError("--qsd " + daemon + ": " + e.getMessage(), e);
        }
    }

    /**
     * Makes the adapter with this name.
     *
     * @throws HarnessError if there is none, naming what was probably meant, or if it is not set up
     *         right
     */
    public Adapter create(String name) {
        AdapterFactory factory = factories.get(name);
        if (factory == null) {
            throw new HarnessError("--adapter " + name + ": unknown adapter"
                    + Suggest.didYouMean(name, factories.keySet()) + "; there are: "
                    + (factories.isEmpty() ? "none" : String.join(", ", factories.keySet())));
        }
        try {
            return factory.create();
        } catch (IOException e) {
            throw new HarnessError("adapter " + name + ": " + e.getMessage(), e);
        }
    }
}
