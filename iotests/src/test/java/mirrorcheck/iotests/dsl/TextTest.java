// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mirrorcheck.iotests.ends.Request;
import mirrorcheck.iotests.ends.Request.Kind;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.judge.HarnessError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What scripts say, and how it is written in transcripts and messages. */
class TextTest {
    private static final long MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1 B", "512, 512 B", "1024, 1 KiB", "66048, 64 KiB + 512 B",
            "20971520, 20 MiB",
        "20996608, 20 MiB + 24 KiB + 512 B", "1099511627776, 1 TiB", "-512, -512"})
    void sizesAreExact(long bytes, String text) {
        assertEquals(text, Text.size(bytes));
    }

    @Test
    void layoutsAreTold() {
        assertEquals("20 MiB, all hole", Text.layout(new ImageModel(20 * MIB)));
        assertEquals("20 MiB, data [8 MiB, 10 MiB) [12 MiB, 13 MiB), zeroes [14 MiB, 15 MiB)",
                Text.layout(
                new ImageModel(20 * MIB).write(8 * MIB, 2 * MIB, 1).write(12 * MIB, MIB, 1)
                .zeroes(14 * MIB, MIB)));
    }

    @Test
    void requestsAreJoinedAndSorted() {
        Arrived arrived = new Arrived(List.of(new Request(Kind.WRITE, 9 * MIB, MIB),
                new Request(Kind.FLUSH, 0, 0),
                new Request(Kind.WRITE, 8 * MIB, MIB), new Request(Kind.WRITE_ZEROES, 0, 4096),
                new Request(Kind.WRITE, 8 * MIB, MIB)));
        assertEquals(List.of("write 3 MiB in [8 MiB, 10 MiB)", "write-zeroes 4 KiB in [0, 4 KiB)"),
                arrived.facts(Arrived.CHANGING));
        assertEquals("write 3 MiB, write-zeroes 4 KiB", arrived.totals());
        assertEquals("no requests", new Arrived(List.of(new Request(Kind.READ, 0, 1))).totals());
    }

    @Test
    void aMisspeltOptionIsNamedWithTheOneThatWasMeant() {
        HarnessError error = assertThrows(HarnessError.class,
                () -> new Options("mirror", Map.of("snyc", "full"), Set.of("sync", "speed")));
        assertEquals("mirror: unknown option 'snyc'; did you mean 'sync'?; it takes speed, sync",
                error.getMessage());
    }

    @Test
    void aWrongValueIsNamedWithTheChoices() {
        Options options =
                new Options("targetImage", Map.of("creation", "fallco"), Set.of("creation"));
        HarnessError error = assertThrows(HarnessError.class,
                () -> options.choice("creation", List.of("off", "falloc"), "off"));
        assertEquals("targetImage: creation: 'fallco'; did you mean 'falloc'?; "
                + "must be off, falloc", error.getMessage());
        HarnessError type = assertThrows(HarnessError.class, () -> options.number("creation", 1));
        assertEquals("targetImage: creation: fallco: must be a number", type.getMessage());
    }

    @Test
    void anOptionThatIsNullIsAbsent() {
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("target-is-zero", null);
        given.put("granularity", 512);
        assertEquals(Map.of("granularity", 512L),
                new Options("mirror", given, Set.of("target-is-zero", "granularity"))
                .only(given.keySet()));
    }
}
