// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.run.Adapters;
import mirrorcheck.iotests.run.SuiteTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Implementations that are known by an adapter copy, and say why not if they do not. */
@Timeout(60)
class AdapterPeerTest {
    private static final long M = 1 << 20;

    @TempDir
    Path dir;

    private static AdapterPeer peer(String name) {
        return new AdapterPeer(Adapters.standard(new SuiteTree(Path.of(".."))).create(name, null));
    }

    private OptionalLong copy(Peer peer, PeerCase what) throws Exception {
        return PeerCopy.by(peer, what, SourceShape.HOLEY, 8 * M, dir);
    }

    @ParameterizedTest
    @CsvSource({"cp-sparse, HOLEY", "dd-sparse, HOLEY", "engine, HOLEY", "engine, QCOW2_SOURCE",
            "engine, QCOW2_TARGET"})
    void copies(String adapter, PeerCase what) throws Exception {
        AdapterPeer peer = peer(adapter);

        assertEquals("adapter " + adapter, peer.name());
        assertTrue(peer.takes(what));
        assertEquals(OptionalLong.empty(), copy(peer, what));
    }

    @Test
    void aCommandCopiesRawImagesOnly() {
        assertFalse(peer("cp-sparse").takes(PeerCase.QCOW2_SOURCE));
        assertFalse(peer("cp-sparse").takes(PeerCase.DIRECT));
        assertFalse(peer("engine").takes(PeerCase.DIRECT));
    }

    @Test
    void theRequestsOfAnImplementationAreCounted() throws Exception {
        ImageModel model = SourceShape.HOLEY.model(8 * M);
        Path source = dir.resolve("source");
        Path target = dir.resolve("target");
        ImageFormat.RAW.create(source, model);
        ImageFormat.RAW.create(target, new ImageModel(8 * M));
        AdapterPeer peer = peer("engine");

        assertTrue(peer.showsRequests(PeerCase.HOLEY));
        assertFalse(peer.showsRequests(PeerCase.QCOW2_TARGET));
        assertFalse(peer("cp-sparse").showsRequests(PeerCase.HOLEY));
        assertEquals("""
                | holey | data writes | bytes written | zero writes | bytes zeroed | block status \
                of the target |
                | --- | --- | --- | --- | --- | --- |
                | engine | 2 | 131072 | 0 | 0 | 1 |
                """, new CountTable("holey", Map.of("engine",
                        peer.requests(PeerCase.HOLEY, source, target, dir))).toString());
    }

    private String described(String argv) throws IOException {
        Path folder = Files.createDirectory(dir.resolve("mine"));
        Files.writeString(folder.resolve("adapter.json"), "{\"type\": \"command\", \"argv\": "
                + argv + "}");
        return folder.toString();
    }

    @Test
    void aFolderOfOnesOwnIsTaken() throws Exception {
        AdapterPeer peer = peer(described("[\"cp\", \"{source-path}\", \"{target-path}\"]"));

        assertEquals("adapter mine", peer.name());
        assertEquals(OptionalLong.empty(), copy(peer, PeerCase.HOLEY));
    }

    @Test
    void aCopyThatFailsSaysWhy() throws Exception {
        AdapterPeer peer = peer(described("[\"false\", \"{source-path}\", \"{target-path}\"]"));

        assertEquals("adapter mine: exit code 1, without a word",
                assertThrows(IOException.class, () -> copy(peer, PeerCase.HOLEY)).getMessage());
    }

    @Test
    void aCopyThatIsWrongIsFound() throws Exception {
        AdapterPeer peer = peer(described("[\"true\", \"{source-path}\", \"{target-path}\"]"));

        assertEquals(OptionalLong.of(0), copy(peer, PeerCase.HOLEY));
    }
}
