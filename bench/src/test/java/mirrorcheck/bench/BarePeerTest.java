// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bound copies too. */
@Timeout(60)
class BarePeerTest {

    @TempDir
    Path dir;

    private final BarePeer peer = new BarePeer("bare");

    @ParameterizedTest
    @CsvSource({"dense, 3", "holey, 9", "sparse, 1", "small-extents, 1", "allocated-zeroes, 2",
            "direct, 40"})
    void copiesEveryByte(String word, long mebibytes) throws Exception {
        PeerCase what = PeerCase.of(word);
        assertEquals(OptionalLong.empty(),
                PeerCopy.by(peer, what, what.shape(), mebibytes << 20, dir));
    }

    @Test
    void takesRawImages() {
        assertEquals(List.of("dense", "holey", "sparse", "small-extents", "allocated-zeroes",
                "direct"), Arrays.stream(PeerCase.values()).filter(peer::takes)
                .map(PeerCase::word).toList());
    }

    @Test
    void aSourceThatIsNotThereIsNamed() {
        Path missing = dir.resolve("missing");
        String message = assertThrows(IOException.class,
                () -> peer.copy(PeerCase.DENSE, missing, missing, dir)).getMessage();
        assertTrue(message.contains("missing"), message);
    }
}
