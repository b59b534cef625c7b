// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How often the gate is wrong, by what many gates of one commit measured: each is taken for the
 * baseline of each other.
 *
 * @param gates what each gate measured, by mirror
 */
record GateRates(List<Map<String, Measured>> gates) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * Reads the reports that {@code bench/gate --json} wrote.
     *
     * @throws IOException if one cannot be read or is none; names it
     */
    static GateRates read(List<Path> reports) throws IOException {
        List<Map<String, Measured>> gates = new ArrayList<>();
        for (Path report : reports) {
            gates.add(read(report));
        }
        if (gates.size() < 2) {
            throw new IOException("--rates: " + gates.size() + " report: expected 2 or more");
        }
        return new GateRates(gates);
    }

    private static Map<String, Measured> read(Path report) throws IOException {
        Map<String, Measured> mirrors = new TreeMap<>();
        try {
            for (JsonNode mirror : JSON.readTree(Files.readString(report)).path("mirrors")) {
                mirrors.put(mirror.path("name").asString(),
                        JSON.treeToValue(mirror.path("after"), Measured.class));
            }
        } catch (NoSuchFileException e) {
            throw new IOException(report + ": no such file", e);
        } catch (JacksonException e) {
            throw new IOException(report + ": no report of bench/gate --json: "
                    + e.getOriginalMessage(), e);
        }
        if (mirrors.isEmpty()) {
            throw new IOException(report + ": no report of bench/gate --json: no mirrors");
        }
        return mirrors;
    }

    /** How many pairs there are. */
    int pairs() {
        return gates.size() * (gates.size() - 1);
    }

    /** How many of the pairs are red if the later of the two is slower by {@code planted}. */
    int red(double planted) {
        int red = 0;
        for (Map<String, Measured> before : gates) {
            for (Map<String, Measured> after : gates) {
                red += before != after && isRed(before, after, planted) ? 1 : 0;
            }
        }
        return red;
    }

    private static boolean isRed(Map<String, Measured> before, Map<String, Measured> after,
            double planted) {
        return after.entrySet().stream().anyMatch(mirror -> Verdict.of(mirror.getKey(),
                before.get(mirror.getKey()), slower(mirror.getValue(), planted), true).isRed());
    }

    private static Measured slower(Measured measured, double planted) {
        return new Measured(measured.counts(),
                measured.ratios().stream().map(ratio -> ratio * (1 + planted)).toList());
    }
}
