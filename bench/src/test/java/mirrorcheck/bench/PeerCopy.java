// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import mirrorcheck.iotests.image.ImageModel;

/** One copy of a small image by a peer, as {@code bench/peers} would have it made. */
final class PeerCopy {
    private PeerCopy() {
    }

    /**
     * Makes both images in {@code dir}, and has the peer copy.
     *
     * @return the first byte of the target that differs from the source
     */
    static OptionalLong by(Peer peer, PeerCase what, SourceShape shape, long size, Path dir)
            throws Exception {
        ImageModel model = shape.model(size);
        Path source = dir.resolve("source");
        Path target = dir.resolve("target");
        what.formats().source().create(source, model);
        what.formats().target().create(target, new ImageModel(size));
        Path own = Files.createDirectory(dir.resolve("own"));

        assertTrue(peer.copy(what, source, target, own) > 0);
        return what.formats().target().firstDifference(target, model);
    }
}
