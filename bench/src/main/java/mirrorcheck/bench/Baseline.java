// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import mirrorcheck.iotests.host.AtomicWrite;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a release is compared with.
 *
 * @param machine where it was measured; counts hold everywhere, ratios only there
 * @param mirrors by name
 */
record Baseline(Machine machine, Map<String, Measured> mirrors) {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Keeps a copy; a file without mirrors has none. */
    Baseline {
        mirrors = mirrors == null ? Map.of() : new TreeMap<>(mirrors);
    }

    /**
     * Reads one that {@link #write} wrote.
     *
     * @throws IOException if it cannot be read or is none
     */
    static Baseline read(Path file) throws IOException {
        try {
            Baseline baseline = JSON.readValue(Files.readString(file), Baseline.class);
            if (baseline == null || baseline.machine == null || baseline.mirrors.isEmpty()) {
                throw new IOException(file + ": not a baseline: no machine or no mirrors");
            }
            return baseline;
        } catch (JacksonException e) {
            throw new IOException(file + ": not a baseline: bench/gate --update makes one", e);
        }
    }

    /** Replaces the file, which stays as it is if that fails. */
    void write(Path file) throws IOException {
        AtomicWrite.write(file, JSON.writeValueAsString(this) + "\n");
    }
}
