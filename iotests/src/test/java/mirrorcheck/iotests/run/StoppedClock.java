// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.util.concurrent.CountDownLatch;
import mirrorcheck.iotests.host.Clock;

/** Time does not pass: no test hangs, and every duration is 0. */
final class StoppedClock implements Clock {
    @Override
    public long nanos() {
        return 0;
    }

    @Override
    public boolean await(CountDownLatch latch, long nanos) throws InterruptedException {
        latch.await();
        return true;
    }

    @Override
    public long millisSinceStart() {
        return 1500;
    }
}
