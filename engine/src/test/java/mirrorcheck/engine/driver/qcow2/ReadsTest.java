// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Clusters that were given up are not used again while a read may have found them. */
class ReadsTest {
    private final Reads reads = new Reads();
    private final PendingFrees frees = new PendingFrees(reads);

    private List<Long> taken() {
        return frees.take().stream().map(PendingFrees.Range::cluster).toList();
    }

    @Test
    void whatAReadMayHaveFoundWaitsForIt() {
        long read = reads.begin();
        frees.add(7, 1, true);
        assertEquals(List.of(), taken());
        reads.end(read);
        assertEquals(List.of(7L), taken());
    }

    @Test
    void aReadThatBeganLaterHoldsNothingUp() {
        long early = reads.begin();
        frees.add(7, 1, true);
        reads.begin();
        reads.end(early);
        assertEquals(List.of(7L), taken());
    }

    @Test
    void whatIsPutBackStillWaitsForItsRead() {
        frees.add(3, 1, true);
        long read = reads.begin();
        frees.add(9, 1, true);
        List<PendingFrees.Range> some = frees.take();
        assertEquals(List.of(3L), some.stream().map(PendingFrees.Range::cluster).toList());
        frees.putBack(some);
        assertEquals(List.of(3L), taken());
        reads.end(read);
        assertEquals(List.of(9L), taken());
    }
}
