// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.mirror.Geometry;
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.engine.mirror.Tracking;
import mirrorcheck.iotests.adapter.ImplementationEnded;
import mirrorcheck.iotests.adapter.MirrorHandle;
import mirrorcheck.iotests.adapter.Session;

/** What is wrong in one place each about verbs and what a query says. */
final class BrokenJobs {
    private BrokenJobs() {
    }

    /** A session that gives out altered jobs. */
    static AlteredSession jobs(Session engine,
            UnaryOperator<MirrorHandle> altered) {
        return new AlteredSession(engine) {
            @Override
            public MirrorHandle startMirror(Map<String, Object> options) throws IOException {
                return altered.apply(super.startMirror(options));
            }
        };
    }

    /** A session that starts mirrors with another argument in place of one. */
    static AlteredSession argument(Session engine, String name, String from, String to) {
        return new AlteredSession(engine) {
            @Override
            public MirrorHandle startMirror(Map<String, Object> options) throws IOException {
                Map<String, Object> changed = new HashMap<>(options);
                changed.replace(name, from, to);
                return super.startMirror(changed);
            }
        };
    }

    /** B13: whoever opens a node waits until the paused job goes on. */
    static final class HoldsWhilePaused extends AlteredSession {
        private final Halt halt = new Halt();

        HoldsWhilePaused(Session engine) {
            super(engine);
        }

        @Override
        public void openNode(Map<String, Object> options) throws IOException {
            halt.pass();
            super.openNode(options);
        }

        @Override
        public MirrorHandle startMirror(Map<String, Object> options) throws IOException {
            return new Handle(super.startMirror(options)) {
                @Override
                public void verb(String verb, Map<String, Object> arguments) throws IOException {
                    super.verb(verb, arguments);
                    halt.set(verb.equals("pause"));
                }
            };
        }

        @Override
        public void close() {
            halt.end();
            super.close();
        }
    }

    /** B14: a soft cancel gives up what is on its way, and calls that success. */
    static MirrorHandle cancelsByForce(MirrorHandle job) {
        return new AlteredSession.Handle(job) {
            private boolean soft;

            @Override
            public void verb(String verb, Map<String, Object> arguments) throws IOException {
                boolean cancel = verb.equals("cancel") && Boolean.FALSE.equals(
                        arguments.get("force")) && "ready".equals(query().get("status"));
                soft |= cancel;
                super.verb(verb, cancel ? Map.of("force", true) : arguments);
            }

            @Override
            public Map<String, Object> query() throws IOException {
                Map<String, Object> facts = new HashMap<>(super.query());
                if (soft) {
                    facts.remove("error");
                }
                return facts;
            }
        };
    }

    /** B35, N18: the job is called paused as soon as that is asked for. */
    static MirrorHandle pausesAtOnce(MirrorHandle job) {
        return new AlteredSession.Handle(job) {
            private boolean paused;

            @Override
            public void verb(String verb, Map<String, Object> arguments) throws IOException {
                super.verb(verb, arguments);
                paused = verb.equals("pause");
            }

            @Override
            public Map<String, Object> query() throws IOException {
                Map<String, Object> facts = new HashMap<>(super.query());
                if (paused) {
                    facts.replace("status", "running", "paused");
                    facts.replace("status", "ready", "standby");
                }
                return facts;
            }
        };
    }

    /** N18: what a guest writes while the job is paused is forgotten. */
    static final class ForgetsWhilePaused extends Variation {
        private volatile boolean paused;

        @Override
        MirrorParts parts() {
            return MirrorParts.standard().withTracking(this::tracking);
        }

        private Tracking tracking(Geometry geometry, boolean tracksZeroes) {
            return new Tracking(geometry, tracksZeroes) {
                @Override
                public void guestWrote(long offset, long bytes) {
                    if (!paused) {
                        super.guestWrote(offset, bytes);
                    }
                }
            };
        }

        @Override
        Session session(Session engine) {
            return jobs(engine, job -> new AlteredSession.Handle(job) {
                @Override
                public void verb(String verb, Map<String, Object> arguments) throws IOException {
                    paused = verb.equals("pause");
                    super.verb(verb, arguments);
                }
            });
        }
    }

    /** B37: a second complete sets up again what may be there once. */
    static MirrorHandle completesOnce(MirrorHandle job) {
        return new AlteredSession.Handle(job) {
            private boolean asked;

            @Override
            public void verb(String verb, Map<String, Object> arguments) throws IOException {
                if (asked && verb.equals("complete")) {
                    throw new ImplementationEnded("gone: assertion failed", null);
                }
                asked |= verb.equals("complete");
                super.verb(verb, arguments);
            }
        };
    }

    /** B45: the source is not known again under the name of the target. */
    static final class MirrorsIntoItself extends AlteredSession {
        MirrorsIntoItself(Session engine) {
            super(engine);
        }

        @Override
        public MirrorHandle startMirror(Map<String, Object> options) throws IOException {
            return options.get("device").equals(options.get("target"))
                    ? inert(MirrorHandle.class) : super.startMirror(options);
        }
    }

    /** One whose every method does nothing. */
    static <T> T inert(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, method, arguments) -> null));
    }

    /** B40: ready means actively synced. */
    static MirrorHandle readyIsSynced(MirrorHandle job) {
        return new AlteredSession.Handle(job) {
            @Override
            public Map<String, Object> query() throws IOException {
                Map<String, Object> facts = new HashMap<>(super.query());
                facts.put("actively-synced", facts.get("ready"));
                return facts;
            }
        };
    }

    /** B42: the host takes no more than so many chunks in one request. */
    static final class TooManySegments extends Variation {
        private static final long MOST = 64;

        private volatile long granularity = 64 << 10;

        @Override
        Session session(Session engine) {
            return new AlteredSession(engine) {
                @Override
                public MirrorHandle startMirror(Map<String, Object> options) throws IOException {
                    granularity = ((Number) options.getOrDefault("granularity", granularity))
                            .longValue();
                    return super.startMirror(options);
                }
            };
        }

        @Override
        BlockNode aboveTarget(BlockNode node) {
            return new AlteredNode(node) {
                @Override
                public void write(long offset, MemorySegment from, Set<WriteFlag> flags)
                        throws BlockException {
                    if (from.byteSize() > MOST * granularity) {
                        throw new BlockException(Errno.EINVAL, "too many segments");
                    }
                    super.write(offset, from, flags);
                }
            };
        }
    }

    /** N19: who vouched for a target once has vouched for it for ever. */
    static final class VouchedForEver extends AlteredSession {
        private final Set<Object> vouched = new HashSet<>();

        VouchedForEver(Session engine) {
            super(engine);
        }

        @Override
        public MirrorHandle startMirror(Map<String, Object> options) throws IOException {
            Map<String, Object> changed = new HashMap<>(options);
            if (Boolean.TRUE.equals(options.get("target-is-zero"))) {
                vouched.add(options.get("target"));
            }
            changed.put("target-is-zero", vouched.contains(options.get("target")));
            return super.startMirror(changed);
        }
    }
}
