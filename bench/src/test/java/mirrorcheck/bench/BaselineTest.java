// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaselineTest {
    @TempDir
    Path directory;

    @Test
    void readsWhatItWrote() throws Exception {
        Baseline baseline = new Baseline(Machine.here(directory), Map.of("dense",
                new Measured(Map.of("dataWrites", 256L), List.of(1.25, 1.5))));
        Path file = directory.resolve("baseline.json");
        baseline.write(file);
        assertEquals(baseline, Baseline.read(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"machine\": 5}", "{\"mirrors\": {}}"})
    void anythingElseIsRefusedByName(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("other.json"), text);
        IOException refused = assertThrows(IOException.class, () -> Baseline.read(file));
        assertEquals(file + ": not a baseline", refused.getMessage()
                .substring(0, (file + ": not a baseline").length()));
    }
}
