// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.Set;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.host.Errno;

/**
 * An order to fail requests, as {@code inject-error} of driver {@code blkdebug} gives it.
 *
 * @param event     what must happen before the rule is in force; from then on it stays so
 * @param kinds     the operations that fail
 * @param offset    a byte that a request must touch, or -1 for any; flushes touch every byte
 * @param errno     what they fail with
 * @param once      whether only the first one fails
 */
public record DebugRule(Event event, Set<Request.Kind> kinds, long offset, Errno errno,
        boolean once) {
    /** What a raw image does with its file (QMP BlkdebugEvent, the part that applies). */
    public enum Event {
        /** Has always happened. */
        NONE(null),
        READ_AIO(Request.Kind.READ),
        WRITE_AIO(Request.Kind.WRITE),
        PWRITEV(Request.Kind.WRITE),
        PWRITEV_ZERO(Request.Kind.WRITE_ZEROES),
        FLUSH_TO_OS(Request.Kind.FLUSH),
        FLUSH_TO_DISK(Request.Kind.FLUSH);

        private final Request.Kind cause;

        Event(Request.Kind cause) {
            this.cause = cause;
        }

        boolean isCausedBy(Request.Kind kind) {
            return cause == kind;
        }
    }

    boolean matches(Request request) {
        return kinds.contains(request.kind()) && (offset < 0 || request.overlaps(offset, 1));
    }
}
