// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import mirrorcheck.engine.Main;
import mirrorcheck.iotests.adapter.qmp.DaemonSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The engine's daemon copies for a peer, cold or warm, and leaves nothing but the copy. */
@Timeout(60)
class DaemonPeerTest {
    private static final long M = 1 << 20;

    @TempDir
    Path dir;

    private Path daemon() throws IOException {
        Path script = Files.writeString(dir.resolve("daemon"), """
                #!/bin/sh
                exec '%s/bin/java' --enable-native-access=ALL-UNNAMED -cp '%s' %s "$@"
                """.formatted(System.getProperty("java.home"),
                System.getProperty("java.class.path"), Main.class.getName()));
        assertTrue(script.toFile().setExecutable(true));
        return script;
    }

    @ParameterizedTest(name = "{0}, warm {1}, no-flush {2}")
    @CsvSource({"HOLEY, false, false", "HOLEY, true, false", "QCOW2_SOURCE, true, true",
            "QCOW2_TARGET, true, false"})
    void copies(PeerCase what, boolean warm, boolean noFlush) throws Exception {
        DaemonPeer peer = new DaemonPeer("engine", DaemonSettings.of(daemon()), warm, noFlush);

        assertEquals(OptionalLong.empty(),
                PeerCopy.by(peer, what, SourceShape.HOLEY, 8 * M, dir));
        assertFalse(Files.exists(dir.resolve("peers-warm")));
    }

    @Test
    void whatTheDaemonRefusesIsToldWithItsName() throws Exception {
        Path missing = dir.resolve("missing");
        DaemonPeer peer = new DaemonPeer("engine", DaemonSettings.of(daemon()), false, false);

        String message = assertThrows(IOException.class,
                () -> peer.copy(PeerCase.DENSE, missing, missing, dir)).getMessage();
        assertTrue(message.startsWith("engine: ") && message.contains("missing"), message);
    }
}
