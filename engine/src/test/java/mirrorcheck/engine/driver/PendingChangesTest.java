// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;

class PendingChangesTest {
    private final PendingChanges changes = new PendingChanges();
    private int syncs;

    private void flush() throws BlockException {
        changes.flush(() -> syncs++);
    }

    @Test
    void syncsOnceForAnyNumberOfChanges() throws Exception {
        flush();
        assertEquals(0, syncs);
        changes.made();
        changes.made();
        flush();
        flush();
        assertEquals(1, syncs);
        changes.made();
        flush();
        assertEquals(2, syncs);
    }

    @Test
    void failedSyncIsTriedAgain() throws Exception {
        changes.made();
        assertThrows(BlockException.class, () -> changes.flush(() -> {
            throw new BlockException(Errno.EIO, "sync: Input/output error");
        }));
        flush();
        assertEquals(1, syncs);
    }

    @Test
    void changeMadeDuringASyncIsNotCovered() throws Exception {
        changes.made();
        changes.flush(changes::made);
        flush();
        assertEquals(1, syncs);
    }
}
