// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import mirrorcheck.engine.host.Errno;

/**
 * What all block nodes have in common, so that a driver is a handful of short methods.
 *
 * <p>The public operations check ranges and permissions, turn written zeroes into zero writes as
 * {@code detect-zeroes} says, hold back what {@code discard=ignore} forbids, cut requests to
 * {@link Limits}, fill them up to its alignment, write zero bytes where the driver refuses a zero
 * write, and flush after a FUA write where the driver has no FUA. The hooks, {@code doRead} to
 * {@code doClose}, then get requests of at least one byte, inside the device, aligned and small
 * enough. Hooks may be called by several threads at once.
 *
 * <p>{@code discard} and {@code detect-zeroes} belong to the node they are set on: a node below
 * sees the outcome.
 */
public abstract class AbstractNode implements BlockNode {
    private volatile NodeOptions options;
    private final Padding padding = new Padding();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicLong highestWrite = new AtomicLong();

    /**
     * @throws BlockException EINVAL for options that no node may have, see
     *         {@link NodeOptions#checked}
     */
    protected AbstractNode(NodeOptions options) throws BlockException {
        this.options = options.checked();
    }

    @Override
    public final NodeOptions options() {
        return options;
    }

    @Override
    public final void reopen(NodeOptions changed) throws BlockException {
        checkOpen("reopen");
        if (!changed.checked().nodeName().equals(nodeName())) {
            throw BlockException.refused("Cannot change the option 'node-name'");
        }
        doReopen(changed);
        options = changed;
    }

    /**
     * Gets ready for other options, before they take effect.
     *
     * @throws BlockException EINVAL if they cannot be had; nothing has changed
     */
    protected void doReopen(NodeOptions changed) throws BlockException {
        // All of them are looked at where they matter, each time.
    }

    @Override
    public List<BlockNode> children() {
        return List.of();
    }

    /**
     * The limits that this layer enforces on what reaches the hooks; a node that passes requests on
     * leaves it to the child.
     */
    protected Limits driverLimits() {
        return limits();
    }

    /**
     * Whether {@link #doWrite} and {@link #doWriteZeroes} honour FUA; if not, a flush follows each
     * such request.
     */
    protected boolean hasFua() {
        return false;
    }

    /** Reads a range into all of {@code into}. */
    protected abstract void doRead(long offset, MemorySegment into) throws BlockException;

    /** Writes data; {@code flags} is FUA, if {@link #hasFua}, or none. */
    protected abstract void doWrite(long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException;

    /**
     * Writes zeroes without sending them. {@code flags} holds MAY_UNMAP only if the node's options
     * allow it, FUA only if {@link #hasFua}, and FAST_ZERO where the caller would rather have it
     * refused than slow.
     *
     * @throws BlockException EOPNOTSUPP, EINVAL, EBUSY or ENOTTY to refuse: zero bytes are then
     *         written in its place
     */
    protected abstract void doWriteZeroes(long offset, long bytes, Set<WriteFlag> flags)
            throws BlockException;

    /**
     * Gives up the content of a range; called only with {@code discard=unmap}.
     *
     * @throws BlockException EOPNOTSUPP, EINVAL, EBUSY or ENOTTY to refuse, which the caller does
     *         not see
     */
    protected abstract void doDiscard(long offset, long bytes) throws BlockException;

    /** Makes finished writes durable; not called with {@code cache.no-flush}. */
    protected abstract void doFlush() throws BlockException;

    /** Begins what {@link #doFlush} will wait for; nothing, where there is nothing to begin. */
    protected void doStartWriteback() {
    }

    /** Answers for the beginning of a range that lies inside the device. */
    protected abstract Extent doBlockStatus(long offset, long bytes) throws BlockException;

    /** Gives back what the node holds; called once. */
    protected abstract void doClose() throws BlockException;

    @Override
    public final void read(long offset, MemorySegment into) throws BlockException {
        long bytes = into.byteSize();
        checkRange("read", offset, bytes);
        if (bytes == 0) {
            return;
        }
        Limits limits = driverLimits();
        if (Padding.isNeeded(limits, length(), offset, bytes)) {
            padding.read(this, offset, into);
        } else {
            readAligned(limits, offset, into);
        }
    }

    final void readAligned(Limits limits, long offset, MemorySegment into) throws BlockException {
        long bytes = into.byteSize();
        long most = Padding.alignDown(limits.maxTransfer(), limits.requestAlignment());
        if (bytes <= most) {
            doRead(offset, into);
            return;
        }
        for (long done = 0; done < bytes; done += most) {
            doRead(offset + done, into.asSlice(done, Math.min(most, bytes - done)));
        }
    }

    @Override
    public final void write(long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        long bytes = from.byteSize();
        checkRange("write", offset, bytes);
        if (bytes == 0) {
            return;
        }
        checkWritable("write", offset, bytes);
        noteWrite(offset + bytes);
        boolean fua = flags.contains(WriteFlag.FUA);
        if (options.detectZeroes() != DetectZeroes.OFF && Zeroes.isZero(from)) {
            zero(offset, bytes, fua, options.detectZeroes() == DetectZeroes.UNMAP, false);
            return;
        }
        Limits limits = driverLimits();
        if (limits.requestAlignment() > 1) {
            padding.write(this, offset, from, driverFlags(fua, false, false));
        } else {
            writeAligned(limits, offset, from, driverFlags(fua, false, false));
        }
        flushAfter(fua);
    }

    final void writeAligned(Limits limits, long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        long bytes = from.byteSize();
        long most = Padding.alignDown(limits.maxTransfer(), limits.requestAlignment());
        if (bytes <= most) {
            doWrite(offset, from, flags);
            return;
        }
        for (long done = 0; done < bytes; done += most) {
            doWrite(offset + done, from.asSlice(done, Math.min(most, bytes - done)), flags);
        }
    }

    @Override
    public final void writeZeroes(long offset, long bytes, Set<WriteFlag> flags)
            throws BlockException {
        checkRange("write zeroes", offset, bytes);
        if (bytes == 0) {
            return;
        }
        checkWritable("write zeroes", offset, bytes);
        noteWrite(offset + bytes);
        boolean unmap = options.discard() == Discard.UNMAP && flags.contains(WriteFlag.MAY_UNMAP);
        boolean fast = flags.contains(WriteFlag.FAST_ZERO);
        zero(offset, bytes, flags.contains(WriteFlag.FUA), unmap, fast);
    }

    private void noteWrite(long end) {
        if (end > highestWrite.get()) {
            highestWrite.accumulateAndGet(end, Math::max);
        }
    }

    @Override
    public final long highestWrite() {
        return highestWrite.get();
    }

    private void zero(long offset, long bytes, boolean fua, boolean unmap, boolean fast)
            throws BlockException {
        Limits limits = driverLimits();
        Set<WriteFlag> flags = driverFlags(fua, unmap, fast);
        if (limits.requestAlignment() > 1) {
            padding.writeZeroes(this, offset, bytes, flags);
        } else {
            zeroAligned(limits, offset, bytes, flags);
        }
        flushAfter(fua);
    }

    final void zeroAligned(Limits limits, long offset, long bytes, Set<WriteFlag> flags)
            throws BlockException {
        if (!limits.canWriteZeroes()) {
            writeZeroBytes(limits, offset, bytes, flags, null);
            return;
        }
        long most = Padding.alignDown(limits.maxWriteZeroes(), limits.requestAlignment());
        for (long done = 0; done < bytes;) {
            long part = Math.min(most, bytes - done);
            try {
                doWriteZeroes(offset + done, part, flags);
            } catch (BlockException e) {
                if (!isRefusal(e.errno())) {
                    throw e;
                }
                writeZeroBytes(limits, offset + done, part, flags, e);
            }
            done += part;
        }
    }

    /** What a zero write falls back to; {@code refusal} is why, or null if the driver never can. */
    private void writeZeroBytes(Limits limits, long offset, long bytes, Set<WriteFlag> flags,
            BlockException refusal) throws BlockException {
        if (flags.contains(WriteFlag.FAST_ZERO)) {
            throw new BlockException(Errno.EOPNOTSUPP, describe("write zeroes", offset, bytes)
                    + "zero bytes would have to be written", refusal);
        }
        Set<WriteFlag> writeFlags = flags.contains(WriteFlag.FUA) ? FlagSets.FUA : WriteFlag.NONE;
        for (long done = 0; done < bytes; done += Zeroes.BYTES) {
            long part = Math.min(Zeroes.BYTES, bytes - done);
            writeAligned(limits, offset + done, Zeroes.bytes().asSlice(0, part), writeFlags);
        }
    }

    @Override
    public final void discard(long offset, long bytes) throws BlockException {
        checkRange("discard", offset, bytes);
        if (bytes == 0) {
            return;
        }
        checkWritable("discard", offset, bytes);
        if (options.discard() == Discard.IGNORE) {
            return;
        }
        Limits limits = driverLimits();
        if (limits.requestAlignment() > 1) {
            padding.discard(this, offset, bytes);
        } else {
            discardAligned(limits, offset, bytes);
        }
    }

    final void discardAligned(Limits limits, long offset, long bytes) throws BlockException {
        long most = Padding.alignDown(limits.maxWriteZeroes(), limits.requestAlignment());
        for (long done = 0; done < bytes;) {
            long part = Math.min(most, bytes - done);
            try {
                doDiscard(offset + done, part);
            } catch (BlockException e) {
                if (!isRefusal(e.errno())) {
                    throw e;
                }
            }
            done += part;
        }
    }

    @Override
    public final void flush() throws BlockException {
        checkOpen("flush");
        if (!options.noFlush()) {
            doFlush();
        }
    }

    @Override
    public final void startWriteback() {
        if (!options.noFlush()) {
            doStartWriteback();
        }
    }

    private void flushAfter(boolean fua) throws BlockException {
        if (fua && !hasFua() && !options.noFlush()) {
            doFlush();
        }
    }

    @Override
    public final Extent blockStatus(long offset, long bytes) throws BlockException {
        return doBlockStatus(offset, clipForStatus(offset, bytes));
    }

    /**
     * Checks a question for block status.
     *
     * @return how far to look: {@code bytes}, or less at the end of the device
     * @throws BlockException EINVAL if nothing is asked or {@code offset} is not inside the device
     */
    protected final long clipForStatus(long offset, long bytes) throws BlockException {
        checkOpen("block status");
        long length = length();
        if (offset < 0 || offset >= length || bytes <= 0) {
            throw outside("block status", offset, bytes, length);
        }
        return Math.min(bytes, length - offset);
    }

    @Override
    public final void close() throws BlockException {
        if (closed.compareAndSet(false, true)) {
            doClose();
        }
    }

    /** Whether a driver means by this error that it will not, rather than that it failed. */
    private static boolean isRefusal(Errno errno) {
        return switch (errno) {
            case EOPNOTSUPP, EINVAL, EBUSY, ENOTTY -> true;
            default -> false;
        };
    }

    private Set<WriteFlag> driverFlags(boolean fua, boolean unmap, boolean fast) {
        return FlagSets.of(fua && hasFua(), unmap, fast);
    }

    private void checkRange(String request, long offset, long bytes) throws BlockException {
        checkOpen(request);
        long length = length();
        // The order of the tests keeps the difference from overflowing, whatever was asked.
        if (offset < 0 || bytes < 0 || offset > length || bytes > length - offset) {
            throw outside(request, offset, bytes, length);
        }
    }

    private void checkOpen(String request) throws BlockException {
        if (closed.get()) {
            throw new BlockException(Errno.EBADF,
                    nodeName() + ": " + request + ": the node is closed");
        }
    }

    private void checkWritable(String request, long offset, long bytes) throws BlockException {
        if (options.readOnly()) {
            throw new BlockException(Errno.EPERM,
                    describe(request, offset, bytes) + "the node is read-only");
        }
    }

    private BlockException outside(String request, long offset, long bytes, long length) {
        return new BlockException(Errno.EINVAL,
                describe(request, offset, bytes) + "not inside the device: length " + length);
    }

    private String describe(String request, long offset, long bytes) {
        return nodeName() + ": " + request + " at " + offset + ", " + bytes + " bytes: ";
    }
}
