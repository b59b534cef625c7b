// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import mirrorcheck.engine.host.Buffers;
import mirrorcheck.engine.host.Errno;

/**
 * Fits requests of any offset and length to a driver that takes only aligned ones: reads more than
 * asked, writes back what lies around, and keeps other writes off the bytes that are written back
 *.
 *
 * <p>A request that ends with the device counts as aligned there, for the length of a device may be
 * odd.
 */
final class Padding {
    private final RangeLock lock = new RangeLock();

    static boolean isNeeded(Limits limits, long length, long offset, long bytes) {
        long mask = limits.requestAlignment() - 1L;
        return (offset & mask) != 0 || (bytes & mask) != 0 && offset + bytes != length;
    }

    static long alignDown(long value, long alignment) {
        return value & -alignment;
    }

    private static long alignUp(long value, long alignment, long length) {
        long up = value + alignment - 1 & -alignment;
        return up < 0 || up > length ? length : up;
    }

    void read(AbstractNode node, long offset, MemorySegment into) throws BlockException {
        Limits limits = node.driverLimits();
        int alignment = limits.requestAlignment();
        long end = offset + into.byteSize();
        long stop = alignUp(end, alignment, node.length());
        MemorySegment buffer = Buffers.take();
        try {
            for (long at = alignDown(offset, alignment); at < stop; at += buffer.byteSize()) {
                MemorySegment window = buffer.asSlice(0, Math.min(buffer.byteSize(), stop - at));
                node.readAligned(limits, at, window);
                long from = Math.max(at, offset);
                long to = Math.min(at + window.byteSize(), end);
                MemorySegment.copy(window, from - at, into, from - offset, to - from);
            }
        } finally {
            Buffers.give(buffer);
        }
    }

    void write(AbstractNode node, long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        Limits limits = node.driverLimits();
        int alignment = limits.requestAlignment();
        long end = offset + from.byteSize();
        long start = alignDown(offset, alignment);
        long stop = alignUp(end, alignment, node.length());
        boolean padded = start != offset || stop != end;
        RangeLock.Held held = lock.lock(start, stop, padded);
        try {
            if (padded) {
                writeBack(node, offset, end, from, flags);
            } else {
                node.writeAligned(limits, offset, from, flags);
            }
        } finally {
            lock.unlock(held);
        }
    }

    /**
     * Writes {@code [offset, end)} and what lies around it; {@code from} begins at offset, null
     * stands for zeroes.
     */
    private static void writeBack(AbstractNode node, long offset, long end, MemorySegment from,
            Set<WriteFlag> flags) throws BlockException {
        Limits limits = node.driverLimits();
        int alignment = limits.requestAlignment();
        long stop = alignUp(end, alignment, node.length());
        MemorySegment buffer = Buffers.take();
        try {
            for (long at = alignDown(offset, alignment); at < stop; at += buffer.byteSize()) {
                MemorySegment window = buffer.asSlice(0, Math.min(buffer.byteSize(), stop - at));
                long first = Math.max(at, offset);
                long last = Math.min(at + window.byteSize(), end);
                if (first > at || last < at + window.byteSize()) {
                    node.readAligned(limits, at, window);
                }
                if (from == null) {
                    window.asSlice(first - at, last - first).fill((byte) 0);
                } else {
                    MemorySegment.copy(from, first - offset, window, first - at, last - first);
                }
                node.writeAligned(limits, at, window, flags);
            }
        } finally {
            Buffers.give(buffer);
        }
    }

    void writeZeroes(AbstractNode node, long offset, long bytes, Set<WriteFlag> flags)
            throws BlockException {
        Limits limits = node.driverLimits();
        int alignment = limits.requestAlignment();
        long end = offset + bytes;
        long outerStart = alignDown(offset, alignment);
        long outerStop = alignUp(end, alignment, node.length());
        boolean padded = outerStart != offset || outerStop != end;
        if (padded && flags.contains(WriteFlag.FAST_ZERO)) {
            throw new BlockException(Errno.EOPNOTSUPP, node.nodeName() + ": write zeroes at "
                    + offset + ", " + bytes + " bytes: zero bytes would have to be written: "
                    + "alignment " + alignment);
        }
        RangeLock.Held held = lock.lock(outerStart, outerStop, padded);
        try {
            if (padded) {
                zeroPadded(node, offset, end, flags);
            } else {
                node.zeroAligned(limits, offset, bytes, flags);
            }
        } finally {
            lock.unlock(held);
        }
    }

    private static void zeroPadded(AbstractNode node, long offset, long end, Set<WriteFlag> flags)
            throws BlockException {
        long length = node.length();
        Limits limits = node.driverLimits();
        int alignment = limits.requestAlignment();
        long start = alignUp(offset, alignment, length);
        long stop = end == length ? end : alignDown(end, alignment);
        Set<WriteFlag> writeFlags = flags.contains(WriteFlag.FUA) ? FlagSets.FUA : WriteFlag.NONE;
        if (start >= stop) {
            writeBack(node, offset, end, null, writeFlags);
            return;
        }
        if (offset < start) {
            writeBack(node, offset, start, null, writeFlags);
        }
        node.zeroAligned(limits, start, stop - start, flags);
        if (stop < end) {
            writeBack(node, stop, end, null, writeFlags);
        }
    }

    /** Discards what lies wholly inside; the edges keep their content, as a discard may. */
    void discard(AbstractNode node, long offset, long bytes) throws BlockException {
        long length = node.length();
        Limits limits = node.driverLimits();
        int alignment = limits.requestAlignment();
        long end = offset + bytes;
        long start = alignUp(offset, alignment, length);
        long stop = end == length ? end : alignDown(end, alignment);
        if (start >= stop) {
            return;
        }
        RangeLock.Held held = lock.lock(start, stop, false);
        try {
            node.discardAligned(limits, start, stop - start);
        } finally {
            lock.unlock(held);
        }
    }
}
