// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DescriptorTest {
    /** No file has this descriptor, so that to close it shows in the answer. */
    private static final int NOBODYS = Integer.MAX_VALUE;
    private static final int EBADF = -Errno.EBADF.number();

    private final Descriptor descriptor = new Descriptor(NOBODYS, "f");
    private final FutureTask<Integer> closing = new FutureTask<>(descriptor::close);

    private Thread startClosing() {
        Thread closer = Thread.ofPlatform().start(closing);
        while (closer.getState() != Thread.State.WAITING) {
            assertTrue(closer.isAlive(), "closed under a running call");
            Thread.onSpinWait();
        }
        return closer;
    }

    @Test
    void closeWaitsForTheCallsThatRun() throws Exception {
        assertEquals(NOBODYS, descriptor.enter());
        descriptor.enter();
        startClosing();
        assertThrows(HostException.class, descriptor::enter);
        descriptor.exit();
        assertTrue(!closing.isDone(), "closed under a running call");
        descriptor.exit();
        assertEquals(EBADF, closing.get());
        assertEquals(0, descriptor.close());
    }

    @Test
    void interruptDoesNotEndTheWait() throws Exception {
        descriptor.enter();
        Thread closer = startClosing();
        closer.interrupt();
        while (closer.isInterrupted()) {
            assertTrue(closer.isAlive(), "closed under a running call");
            Thread.onSpinWait();
        }
        descriptor.exit();
        assertEquals(EBADF, closing.get());
    }
}
