// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.mirror.MirrorState.ActiveWrite;

/**
 * What becomes of a guest's writes while a mirror runs, on the guest's own threads.
 *
 * <p>In background mode a write goes to the source and then dirties what it touched, also if it
 * failed, since nobody knows then what the source holds. In write-blocking mode it goes to the
 * source and then to the target, the same bytes, before it is acknowledged; a failure at the target
 * is the job's affair, never the guest's (rule GUEST-4). Where the target needs whole clusters, the
 * rest of them is read from the source, see {@link WholeClusters}.
 */
final class GuestWrites {
    private final MirrorState state;
    private final BlockNode source;
    private final BlockNode target;

    GuestWrites(MirrorState state, BlockNode source, BlockNode target) {
        this.state = state;
        this.source = source;
        this.target = target;
    }

    /** See {@link BlockNode#write}. */
    void write(long offset, MemorySegment from, Set<WriteFlag> flags) throws BlockException {
        guestWrite(offset, from.byteSize(), new Request() {
            @Override
            public void toSource() throws BlockException {
                source.write(offset, from, flags);
            }

            @Override
            public void toTarget(long start, long length) throws BlockException {
                state.dataIssued(start, length);
                target.write(start, from.asSlice(start - offset, length), WriteFlag.NONE);
            }
        });
    }

    /** See {@link BlockNode#writeZeroes}; never deallocates, whatever the guest allows. */
    void writeZeroes(long offset, long bytes, Set<WriteFlag> flags) throws BlockException {
        Set<WriteFlag> kept = EnumSet.noneOf(WriteFlag.class);
        kept.addAll(flags);
        kept.remove(WriteFlag.MAY_UNMAP);
        guestWrite(offset, bytes, new Request() {
            @Override
            public void toSource() throws BlockException {
                source.writeZeroes(offset, bytes, kept);
            }

            @Override
            public void toTarget(long start, long length) throws BlockException {
                if (!state.knownZero(start, length)) {
                    zeroTarget(start, length, kept.contains(WriteFlag.FAST_ZERO));
                    state.guestZeroed(start, length);
                }
            }
        });
    }

    private interface Request {
        void toSource() throws BlockException;

        /** Writes a part of what the guest writes, or all of it. */
        void toTarget(long start, long length) throws BlockException;
    }

    private void guestWrite(long offset, long bytes, Request request) throws BlockException {
        // Bad ranges never come so far as to be marked: the source refuses them.
        boolean valid = bytes > 0 && offset >= 0 && offset <= source.length() - bytes;
        ActiveWrite active = valid ? state.beginActiveWrite(offset, bytes) : null;
        if (active == null) {
            passiveWrite(offset, bytes, request, valid);
        } else {
            activeWrite(active, request);
        }
    }

    private void passiveWrite(long offset, long bytes, Request request, boolean valid)
            throws BlockException {
        try {
            request.toSource();
        } finally {
            if (valid) {
                state.guestWrote(offset, bytes);
            }
        }
    }

    private void activeWrite(ActiveWrite active, Request request) throws BlockException {
        boolean written = false;
        boolean mirrored = false;
        BlockException targetError = null;
        try {
            request.toSource();
            written = true;
            mirrored = mirror(active.write(), request);
        } catch (BlockException e) {
            if (!written) {
                throw e;
            }
            targetError = e;
        } finally {
            state.endActiveWrite(active, mirrored, targetError);
        }
    }

    /** Writes the target; false if that wanted more of the source, which could not be read. */
    private boolean mirror(WholeClusters.Write write, Request request) throws BlockException {
        if (!copyRest(write.offset(), write.ownOffset())) {
            return false;
        }
        if (write.ownBytes() > 0) {
            request.toTarget(write.ownOffset(), write.ownBytes());
        }
        return copyRest(write.ownEnd(), write.end());
    }

    /**
     * Copies what a widened write has besides the guest's own bytes in whole clusters: at most two
     * clusters. If the source cannot be read the range stays dirty and the job meets the same error
     * again, where it is handled as one of the source.
     */
    private boolean copyRest(long offset, long end) throws BlockException {
        if (offset == end) {
            return true;
        }
        MemorySegment buffer = BufferPool.take(end - offset);
        try {
            MemorySegment data = buffer.asSlice(0, end - offset);
            try {
                source.read(offset, data);
            } catch (BlockException e) {
                return false;
            }
            state.dataIssued(offset, data.byteSize());
            target.write(offset, data, WriteFlag.NONE);
            return true;
        } finally {
            BufferPool.give(buffer);
        }
    }

    /**
     * The guest wants it fast or not at all, but its own request has succeeded already: slow is
     * better than not.
     */
    private void zeroTarget(long offset, long bytes, boolean fast) throws BlockException {
        try {
            target.writeZeroes(offset, bytes, fast ? Set.of(WriteFlag.FAST_ZERO) : WriteFlag.NONE);
        } catch (BlockException e) {
            if (!fast || e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
            target.writeZeroes(offset, bytes, WriteFlag.NONE);
        }
    }
}
