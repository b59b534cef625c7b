// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;

/** Which images may be written to. */
final class Usability {
    private Usability() {
    }

    /**
     * Refuses images whose refcounts or tables cannot be trusted.
     *
     * @throws BlockException EACCES if the corrupt or the dirty bit is set
     */
    static void refuseToWrite(Header header) throws BlockException {
        if (header.isCorrupt()) {
            throw new BlockException(Errno.EACCES, "qcow2: Image is corrupt; cannot be opened "
                    + "read/write: incompatible_features bit 1");
        }
        if (header.isDirty()) {
            throw new BlockException(Errno.EACCES, "qcow2: Image was not closed properly; cannot "
                    + "be opened read/write before its refcounts are repaired: "
                    + "incompatible_features bit 0");
        }
    }
}
