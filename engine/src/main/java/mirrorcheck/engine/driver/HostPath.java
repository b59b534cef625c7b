// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;

/** Paths of the host as clients give them. */
public final class HostPath {
    private HostPath() {
    }

    /**
     * A path of the host.
     *
     * @throws BlockException ENOENT for one with a zero byte: nothing can be there
     */
    public static Path of(String filename) throws BlockException {
        try {
            return Path.of(filename);
        } catch (InvalidPathException e) {
            throw new BlockException(Errno.ENOENT, "Could not open '" + filename + "': "
                    + Errno.ENOENT.text(), e);
        }
    }
}
