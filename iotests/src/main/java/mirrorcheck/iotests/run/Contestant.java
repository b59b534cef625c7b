// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.nio.file.Files;
import java.nio.file.Path;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.judge.HarnessError;

/**
 * An implementation as a command line names it.
 *
 * @param adapter a name, or the path of a folder
 * @param daemon  the program that takes the place of the adapter's, or null
 */
record Contestant(String adapter, Path daemon) {
    /**
     * Reads {@code NAME} or {@code NAME=DAEMON}.
     *
     * @throws HarnessError if the daemon is no program
     */
    static Contestant parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            return new Contestant(text, null);
        }
        Path daemon = Path.of(text.substring(equals + 1));
        if (!Files.isExecutable(daemon) || Files.isDirectory(daemon)) {
            throw new HarnessError("--compare " + text + ": " + daemon + ": no such program");
        }
        return new Contestant(text.substring(0, equals), daemon);
    }

    /** The name in reports. */
    String name() {
        return Adapters.nameOf(adapter);
    }

    /**
     * Makes its adapter.
     *
     * @throws HarnessError as {@link Adapters#create(String, Path)}
     */
    Adapter create(Adapters adapters) {
        return adapters.create(adapter, daemon);
    }

    /** Where what it is known to fail is listed; the file need not exist. */
    Path knownFailures(SuiteTree tree) {
        Path folder = adapter.contains("/") ? Path.of(adapter).toAbsolutePath()
                : tree.adapters().resolve(adapter);
        return folder.resolve("known-failures.txt");
    }
}
