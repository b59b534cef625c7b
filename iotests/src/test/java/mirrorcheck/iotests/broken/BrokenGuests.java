// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.iotests.adapter.GuestDoor;
import mirrorcheck.iotests.adapter.ImplementationEnded;
import mirrorcheck.iotests.adapter.MirrorHandle;
import mirrorcheck.iotests.adapter.Session;

/** What is wrong in one place each about what a guest is let do, and what it is told. */
final class BrokenGuests {
    private BrokenGuests() {
    }

    /** A session that gives out altered doors. */
    static AlteredSession guests(Session engine, UnaryOperator<GuestDoor> altered) {
        return new AlteredSession(engine) {
            @Override
            public GuestDoor guest(String nodeName) throws IOException {
                return altered.apply(super.guest(nodeName));
            }
        };
    }

    /** B36: a job that failed takes the guest's permissions along, for it gives them back twice. */
    static final class GivesBackTwice extends AlteredSession {
        private volatile boolean failed;

        GivesBackTwice(Session engine) {
            super(engine);
        }

        @Override
        public MirrorHandle startMirror(Map<String, Object> options) throws IOException {
            return new Handle(super.startMirror(options)) {
                @Override
                public String awaitStatus(Set<String> statuses) throws IOException {
                    String status = super.awaitStatus(statuses);
                    failed |= query().containsKey("error");
                    return status;
                }
            };
        }

        @Override
        public GuestDoor guest(String nodeName) throws IOException {
            return new Door(super.guest(nodeName)) {
                @Override
                public void write(long offset, byte[] from, Map<String, Boolean> flags)
                        throws IOException {
                    if (failed) {
                        throw new IOException("Operation not permitted");
                    }
                    super.write(offset, from, flags);
                }
            };
        }
    }

    /** B38: others may use the target while the job runs. */
    static final class LetsOthersIn extends AlteredSession {
        LetsOthersIn(Session engine) {
            super(engine);
        }

        @Override
        public GuestDoor guest(String nodeName) throws IOException {
            try {
                return super.guest(nodeName);
            } catch (BlockException e) {
                return BrokenJobs.inert(GuestDoor.class);
            }
        }
    }

    /** B46: a guest that writes to a pending job waits for ever. */
    static final class NobodyGoesOn extends AlteredSession {
        private final Halt halt = new Halt();

        NobodyGoesOn(Session engine) {
            super(engine);
        }

        @Override
        public MirrorHandle startMirror(Map<String, Object> options) throws IOException {
            return new Handle(super.startMirror(options)) {
                @Override
                public String awaitStatus(Set<String> statuses) throws IOException {
                    String status = super.awaitStatus(statuses);
                    if (status.equals("pending")) {
                        halt.set(true);
                    }
                    return status;
                }
            };
        }

        @Override
        public GuestDoor guest(String nodeName) throws IOException {
            return new Door(super.guest(nodeName)) {
                @Override
                public void write(long offset, byte[] from, Map<String, Boolean> flags)
                        throws IOException {
                    halt.pass();
                    super.write(offset, from, flags);
                }
            };
        }

        @Override
        public void close() {
            halt.end();
            super.close();
        }
    }

    /** B55: a guest's write uses what a job that failed has given back. */
    static final class UsesWhatIsGone extends AlteredSession {
        private volatile MirrorHandle job;

        UsesWhatIsGone(Session engine) {
            super(engine);
        }

        @Override
        public MirrorHandle startMirror(Map<String, Object> options) throws IOException {
            job = super.startMirror(options);
            return job;
        }

        @Override
        public GuestDoor guest(String nodeName) throws IOException {
            return new Door(super.guest(nodeName)) {
                @Override
                public void write(long offset, byte[] from, Map<String, Boolean> flags)
                        throws IOException {
                    super.write(offset, from, flags);
                    mustLive();
                }
            };
        }

        @Override
        public void mustLive() throws IOException {
            super.mustLive();
            if (job != null && job.query().containsKey("error")) {
                throw new ImplementationEnded("gone: segmentation fault", null);
            }
        }
    }

    /** N12: what the target says to a guest's write is told to the guest. */
    static final class TellsTheGuest extends Variation {
        private final ThreadLocal<BlockException> said = new ThreadLocal<>();

        @Override
        BlockNode aboveTarget(BlockNode node) {
            return new AlteredNode(node) {
                @Override
                public void write(long offset, MemorySegment from, Set<WriteFlag> flags)
                        throws BlockException {
                    try {
                        super.write(offset, from, flags);
                    } catch (BlockException e) {
                        said.set(e);
                        throw e;
                    }
                }
            };
        }

        @Override
        Session session(Session engine) {
            return guests(engine, door -> new AlteredSession.Door(door) {
                @Override
                public void write(long offset, byte[] from, Map<String, Boolean> flags)
                        throws IOException {
                    super.write(offset, from, flags);
                    if (said.get() != null) {
                        throw said.get();
                    }
                }
            });
        }
    }

    /** N15: a guest's wish that it be durable gets lost. */
    static GuestDoor losesFlushes(GuestDoor door) {
        return new AlteredSession.Door(door) {
            @Override
            public void write(long offset, byte[] from, Map<String, Boolean> flags)
                    throws IOException {
                super.write(offset, from, Map.of());
            }

            @Override
            public void flush() {
                // Left out.
            }
        };
    }

    /** N20: a guest's discard zeroes the target, whatever the source reads as. */
    static final class DiscardMeansZero extends Variation {
        @Override
        Session session(Session engine) {
            return guests(engine, door -> new AlteredSession.Door(door) {
                @Override
                public void discard(long offset, long bytes) throws IOException {
                    super.discard(offset, bytes);
                    target().writeZeroes(offset, bytes, WriteFlag.NONE);
                }
            });
        }
    }
}
