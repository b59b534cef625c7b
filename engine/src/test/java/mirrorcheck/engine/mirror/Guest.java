// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.WriteFlag;

/** Requests of a guest, each on a thread of its own, that may be waited for. */
final class Guest {
    private Guest() {
    }

    interface Call {
        void run() throws Exception;
    }

    /** Runs a call on a new thread; the future ends as the call does. */
    static CompletableFuture<Void> async(Call call) {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                call.run();
                outcome.complete(null);
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            }
        }, "guest");
        thread.setDaemon(true);
        thread.start();
        return outcome;
    }

    static CompletableFuture<Void> writing(Attachment guest, long offset, int bytes, int seed) {
        return async(() -> write(guest, offset, bytes, seed));
    }

    static void write(Attachment guest, long offset, int bytes, int seed) throws BlockException {
        guest.write(offset, MemorySegment.ofArray(MirrorFixture.pattern(bytes, seed)),
                WriteFlag.NONE);
    }

    /** Waits for the end of a call and throws what it threw, in an ExecutionException. */
    static void await(CompletableFuture<Void> outcome) throws Exception {
        outcome.get(20, TimeUnit.SECONDS);
    }
}
