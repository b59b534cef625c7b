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

/** The bound copies too. */
@Timeout(60)
class BarePeerTest {

    private static final long SIZE = 3 << 20;

    @TempDir
    Path dir;

    private final BarePeer peer = new BarePeer("bare");

    @Test
    void copiesEveryByte() throws Exception {
        assertEquals(OptionalLong.empty(),
                PeerCopy.by(peer, PeerCase.DENSE, SourceShape.DENSE, SIZE, dir));
    }

    @Test
    void takesWhatIsAllDataAndRaw() {
        assertEquals(List.of(PeerCase.DENSE, PeerCase.DIRECT),
                Arrays.stream(PeerCase.values()).filter(peer::takes).toList());
    }

    @Test
    void aSourceThatIsNotThereIsNamed() {
        Path missing = dir.resolve("missing");
        String message = assertThrows(IOException.class,
                () -> peer.copy(PeerCase.DENSE, missing, missing, dir)).getMessage();
        assertTrue(message.contains("missing"), message);
    }
}
