// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The calls of the C library that the engine makes, and nothing else. Each answers its result, or
 * minus the errno.
 *
 * <p>A handle costs milliseconds to bind, so each lives in a holder class of its own and is bound
 * when it is first used. Calls that a signal interrupted are made again, except close, which on
 * Linux has closed the descriptor all the same.
 */
@SuppressWarnings("restricted")
final class Calls {
    private static final int EINTR = Errno.EINTR.number();
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO =
            Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(Calls::captureState);

    private Calls() {
    }

    private static final class Open {
        // The mode is a variadic argument, which some platforms pass differently.
        static final MethodHandle CALL =
                LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("open"),
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), CAPTURE,
                        Linker.Option.firstVariadicArg(2));
    }

    private static final class Close {
        static final MethodHandle CALL = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    }

    private static final class Pread {
        static final MethodHandle CALL = bind("pread",
                FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
    }

    private static final class Pwrite {
        static final MethodHandle CALL = bind("pwrite",
                FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
    }

    private static final class Statx {
        static final MethodHandle CALL = bind("statx",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    }

    private static final class Ftruncate {
        static final MethodHandle CALL =
                bind("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    }

    private static final class Fdatasync {
        static final MethodHandle CALL =
                bind("fdatasync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    }

    private static final class SyncFileRange {
        static final MethodHandle CALL = bind("sync_file_range",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    }

    private static final class Fallocate {
        static final MethodHandle CALL = bind("fallocate",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    }

    private static final class Lseek {
        static final MethodHandle CALL =
                bind("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    }

    private static final class CopyFileRange {
        static final MethodHandle CALL = bind("copy_file_range",
                FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG,
                        JAVA_INT));
    }

    private static final class AlignedAlloc {
        static final MethodHandle CALL =
                bind("aligned_alloc", FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));
    }

    private static final class Madvise {
        static final MethodHandle CALL = bind("madvise",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    }

    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, CAPTURE);
    }

    static int open(MemorySegment path, int flags, int mode) {
        MemorySegment state = STATE.get();
        try {
            int result;
            do {
                result = settle((int) Open.CALL.invokeExact(state, path, flags, mode), state);
            } while (result == -EINTR);
            return result;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int close(int fd) {
        MemorySegment state = STATE.get();
        try {
            return settle((int) Close.CALL.invokeExact(state, fd), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static long pread(int fd, long offset, MemorySegment into) {
        MemorySegment state = STATE.get();
        try {
            long bytes = into.byteSize();
            return settle((long) Pread.CALL.invokeExact(state, fd, into, bytes, offset), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static long pwrite(int fd, long offset, MemorySegment from) {
        MemorySegment state = STATE.get();
        try {
            long bytes = from.byteSize();
            return settle((long) Pwrite.CALL.invokeExact(state, fd, from, bytes, offset), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int statx(int fd, MemorySegment path, int flags, int mask, MemorySegment into) {
        MemorySegment state = STATE.get();
        try {
            int result;
            do {
                result = settle((int) Statx.CALL.invokeExact(state, fd, path, flags, mask, into),
                        state);
            } while (result == -EINTR);
            return result;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int ftruncate(int fd, long bytes) {
        MemorySegment state = STATE.get();
        try {
            int result;
            do {
                result = settle((int) Ftruncate.CALL.invokeExact(state, fd, bytes), state);
            } while (result == -EINTR);
            return result;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int fdatasync(int fd) {
        MemorySegment state = STATE.get();
        try {
            int result;
            do {
                result = settle((int) Fdatasync.CALL.invokeExact(state, fd), state);
            } while (result == -EINTR);
            return result;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** {@code bytes} 0 means up to the end. */
    static int syncFileRange(int fd, long offset, long bytes, int flags) {
        MemorySegment state = STATE.get();
        try {
            return settle((int) SyncFileRange.CALL.invokeExact(state, fd, offset, bytes, flags),
                    state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int fallocate(int fd, int mode, long offset, long bytes) {
        MemorySegment state = STATE.get();
        try {
            int result;
            do {
                result = settle((int) Fallocate.CALL.invokeExact(state, fd, mode, offset, bytes),
                        state);
            } while (result == -EINTR);
            return result;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static long lseek(int fd, long offset, int whence) {
        MemorySegment state = STATE.get();
        try {
            return settle((long) Lseek.CALL.invokeExact(state, fd, offset, whence), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * {@code offsets} holds the offset in the source, then the one in the target; both move with
     * what was copied.
     */
    static long copyFileRange(int source, int target, MemorySegment offsets, long bytes) {
        MemorySegment state = STATE.get();
        try {
            MemorySegment targetOffset = offsets.asSlice(JAVA_LONG.byteSize());
            long result;
            do {
                result = settle((long) CopyFileRange.CALL.invokeExact(state, source, offsets,
                        target, targetOffset, bytes, 0), state);
            } while (result == -EINTR);
            return result;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Memory that was never touched; NULL if there is none. */
    static MemorySegment alignedAlloc(long alignment, long bytes) {
        MemorySegment state = STATE.get();
        try {
            return (MemorySegment) AlignedAlloc.CALL.invokeExact(state, alignment, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int madvise(MemorySegment memory, int advice) {
        MemorySegment state = STATE.get();
        try {
            long bytes = memory.byteSize();
            return settle((int) Madvise.CALL.invokeExact(state, memory, bytes, advice), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static MemorySegment captureState() {
        return Arena.ofAuto().allocate(Linker.Option.captureStateLayout());
    }

    private static int settle(int result, MemorySegment state) {
        return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
    }

    private static long settle(long result, MemorySegment state) {
        return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
    }

    /**
     * A misused segment (closed arena, wrong thread) is the caller's bug and keeps its own type.
     */
    private static RuntimeException unexpected(Throwable e) {
        switch (e) {
            case RuntimeException bug -> throw bug;
            case Error error -> throw error;
            default -> throw new IllegalStateException("host call: threw a checked exception", e);
        }
    }
}
