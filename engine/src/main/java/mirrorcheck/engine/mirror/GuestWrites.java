// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;

/**
 * What becomes of a guest's writes while a mirror runs, on the guest's own threads.
 *
 * <p>In background mode a write goes to the source and then dirties what it touched, also if it
 * failed, since nobody knows then what the source holds. In write-blocking mode it goes to the
 * source and then to the target, the same bytes, before it is acknowledged; a failure at the target
 * is the job's affair, never the guest's (rule GUEST-4).
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
            public void toTarget() throws BlockException {
                state.dataIssued(offset, from.byteSize());
                target.write(offset, from, WriteFlag.NONE);
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
            public void toTarget() throws BlockException {
                if (!state.knownZero(offset, bytes)) {
                    zeroTarget(offset, bytes, kept.contains(WriteFlag.FAST_ZERO));
                    state.guestZeroed(offset, bytes);
                }
            }
        });
    }

    private interface Request {
        void toSource() throws BlockException;

        void toTarget() throws BlockException;
    }

    private void guestWrite(long offset, long bytes, Request request) throws BlockException {
        // Bad ranges never come so far as to be marked: the source refuses them.
        boolean valid = bytes > 0 && offset >= 0 && offset <= source.length() - bytes;
        InFlight.Range range = valid ? state.beginActiveWrite(offset, bytes) : null;
        if (range == null) {
            passiveWrite(offset, bytes, request, valid);
        } else {
            activeWrite(range, request);
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

    private void activeWrite(InFlight.Range range, Request request) throws BlockException {
        boolean written = false;
        boolean mirrored = false;
        BlockException targetError = null;
        try {
            request.toSource();
            written = true;
            request.toTarget();
            mirrored = true;
        } catch (BlockException e) {
            if (!written) {
                throw e;
            }
            targetError = e;
        } finally {
            state.endActiveWrite(range, mirrored, targetError);
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
