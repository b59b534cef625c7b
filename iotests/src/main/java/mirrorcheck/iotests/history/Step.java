// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import mirrorcheck.iotests.ends.Request;

/**
 * One step of a history. A step that makes no sense where it stands, such as a resume of a job that
 * is not paused, is left out by {@link Course}, so that any steps may be taken out of a history.
 */
sealed interface Step {
    /** What a guest can do. */
    enum Action {
        WRITE("write"),
        ZERO_BYTES("writeZeroBytes"),
        ZEROES("writeZeroes"),
        DISCARD("discard"),
        FLUSH("flush"),
        READ("expectRead");

        private final String word;

        Action(String word) {
            this.word = word;
        }

        /** The guest's word in scripts. */
        String word() {
            return word;
        }

        boolean changes() {
            return this != FLUSH && this != READ;
        }
    }

    /** A step that has a range, which may be made simpler. */
    sealed interface Ranged extends Step {
        Range range();

        Step over(Range other);
    }

    /**
     * A request of the guest.
     *
     * @param pattern of a write, 1 to 255; else 0
     * @param unmap   whether zeroes may deallocate
     * @param fua     whether it must be durable at once
     * @param later   whether it runs beside what follows
     */
    record Guest(Action action, Range range, int pattern, boolean unmap, boolean fua,
            boolean later) implements Ranged {
        static Guest write(Range range, int pattern) {
            return new Guest(Action.WRITE, range, pattern, false, false, false);
        }

        static Guest of(Action action, Range range) {
            return new Guest(action, range, 0, false, false, false);
        }

        @Override
        public Guest over(Range other) {
            return new Guest(action, other, pattern, unmap, fua, later);
        }

        Guest atOnce() {
            return new Guest(action, range, pattern, unmap, fua, false);
        }

        Guest plain() {
            return new Guest(action, range, pattern, false, false, later);
        }
    }

    /** The guest writes the same zeroes twice, and only the first may reach the target. */
    record Redundant(Range range) implements Ranged {
        @Override
        public Redundant over(Range other) {
            return new Redundant(other);
        }

        Guest request() {
            return Guest.of(Action.ZEROES, range);
        }
    }

    /** The mirror starts. */
    record Start() implements Step {
    }

    /** Everything that was asked for is done, or a request is held. */
    record Settle() implements Step {
    }

    /** The mirror becomes ready. */
    record AwaitReady() implements Step {
    }

    /** The mirror settles, and the target must read as the source. */
    record Compare() implements Step {
    }

    /** What runs beside the script ends. */
    record Join() implements Step {
    }

    record Pause() implements Step {
    }

    record Resume() implements Step {
    }

    /** The copy-mode becomes write-blocking. */
    record Change() implements Step {
    }

    /** The speed is limited, in bytes per second; 0 is no limit. */
    record Speed(long bytesPerSecond) implements Step {
    }

    /**
     * Requests are held, or failed.
     *
     * @param id     by which it is released; no other trap of a history has it
     * @param source whether it stands before the source, else before the target
     * @param after  how many pass first
     * @param times  how many are caught
     * @param errno  what they fail with; null if they are held
     */
    record Trap(int id, boolean source, Request.Kind kind, Range range, int after, int times,
            String errno) implements Ranged {
        @Override
        public Trap over(Range other) {
            return new Trap(id, source, kind, other, after, times, errno);
        }

        Trap as(int other) {
            return new Trap(other, source, kind, range, after, times, errno);
        }

        boolean holds() {
            return errno == null;
        }
    }

    /** What a trap holds goes on, and it catches no more. */
    record Release(int id) implements Step {
    }

    /** How a mirror is ended. */
    enum Ending { COMPLETE, CANCEL, GIVE_UP }

    /** The mirror is ended, once ready unless it is given up, and what it did is judged. */
    record End(Ending ending) implements Step {
    }
}
