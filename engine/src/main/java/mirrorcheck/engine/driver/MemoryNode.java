// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import mirrorcheck.engine.block.AbstractNode;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;

/**
 * A protocol node that keeps its data in memory, page by page as it is written: driver
 * {@code memory}. It is lost on close. Meant for tests: it knows exactly what is allocated, and can
 * be made as poor as the poorest driver.
 */
public final class MemoryNode extends AbstractNode {
    /** Bytes that are allocated together. */
    public static final int PAGE = 4096;

    /** An allocated page that was never written, or was zeroed: takes no memory. */
    private static final byte[] ZERO_PAGE = new byte[PAGE];

    /**
     * What the driver can do.
     *
     * @param canWriteZeroes whether zero writes succeed without zero bytes being written
     * @param discardZeroes  whether a discarded page is freed and reads as zero; otherwise a
     *                       discard succeeds and changes nothing
     * @param knowsStatus    whether block status tells zeroes from data; otherwise all is data
     */
    public record Abilities(boolean canWriteZeroes, boolean discardZeroes, boolean knowsStatus) {
        /** Everything. */
        public static final Abilities ALL = new Abilities(true, true, true);
    }

    private final long length;
    private final Abilities abilities;
    private final Limits limits;
    private final ConcurrentNavigableMap<Long, byte[]> pages = new ConcurrentSkipListMap<>();

    /** A node of {@code bytes} zero bytes, none allocated, that can do everything. */
    public MemoryNode(NodeOptions options, long bytes) throws BlockException {
        this(options, bytes, Abilities.ALL, Limits.NONE);
    }

    /**
     * A node of zero bytes, none allocated.
     *
     * @param bytes  the length, rounded up to a multiple of 512; 0 to 2^63 - 512
     * @param limits what to ask of requests; its {@code canWriteZeroes} follows the abilities
     * @throws BlockException EINVAL for a length out of range, or options that no node may have
     */
    public MemoryNode(NodeOptions options, long bytes, Abilities abilities, Limits limits)
            throws BlockException {
        super(options);
        this.length = bytes + 511 & -512;
        if (bytes < 0 || length < 0) {
            throw BlockException.refused(
                    "memory: size " + bytes + ": must be 0 to 9223372036854775296");
        }
        this.abilities = abilities;
        this.limits = new Limits(limits.requestAlignment(), limits.clusterSize(),
                limits.maxTransfer(), limits.maxWriteZeroes(), abilities.canWriteZeroes());
    }

    /** The bytes that are allocated: a multiple of {@link #PAGE}. */
    public long allocatedBytes() {
        return pages.size() * (long) PAGE;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    protected void doRead(long offset, MemorySegment into) {
        long bytes = into.byteSize();
        for (long done = 0; done < bytes;) {
            int within = within(offset + done);
            int part = (int) Math.min(PAGE - within, bytes - done);
            byte[] page = pages.getOrDefault(number(offset + done), ZERO_PAGE);
            MemorySegment.copy(page, within, into, JAVA_BYTE, done, part);
            done += part;
        }
    }

    @Override
    protected void doWrite(long offset, MemorySegment from, Set<WriteFlag> flags) {
        long bytes = from.byteSize();
        for (long done = 0; done < bytes;) {
            int within = within(offset + done);
            int part = (int) Math.min(PAGE - within, bytes - done);
            byte[] page = pages.compute(number(offset + done), MemoryNode::writable);
            MemorySegment.copy(from, JAVA_BYTE, done, page, within, part);
            done += part;
        }
    }

    private static byte[] writable(Long number, byte[] page) {
        return page == null || page == ZERO_PAGE ? new byte[PAGE] : page;
    }

    @Override
    protected void doWriteZeroes(long offset, long bytes, Set<WriteFlag> flags)
            throws BlockException {
        if (!abilities.canWriteZeroes()) {
            throw new BlockException(Errno.EOPNOTSUPP, nodeName() + ": cannot write zeroes");
        }
        if (flags.contains(WriteFlag.MAY_UNMAP)) {
            free(offset, bytes);
            return;
        }
        long end = offset + bytes;
        for (long at = offset; at < end; at = pageEnd(at, end)) {
            if (pageEnd(at, end) - at == PAGE) {
                pages.put(number(at), ZERO_PAGE);
            } else {
                pages.putIfAbsent(number(at), ZERO_PAGE);
                zeroPart(at, pageEnd(at, end));
            }
        }
    }

    /** Makes the range read as zero, freeing the pages that lie wholly inside. */
    private void free(long offset, long bytes) {
        long end = offset + bytes;
        long firstWhole = within(offset) == 0 ? number(offset) : number(offset) + 1;
        long lastWhole = end == length ? number(end - 1) : number(end) - 1;
        if (firstWhole <= lastWhole) {
            pages.subMap(firstWhole, true, lastWhole, true).clear();
        }
        // The edges; of a page that is gone there is nothing left to zero.
        zeroPart(offset, pageEnd(offset, end));
        zeroPart(Math.max(offset, end - within(end)), end);
    }

    /** Zeroes a range inside one page, whose allocation stays as it is. */
    private void zeroPart(long offset, long end) {
        byte[] page = pages.get(number(offset));
        if (offset < end && isData(page)) {
            MemorySegment.ofArray(page).asSlice(within(offset), end - offset).fill((byte) 0);
        }
    }

    @Override
    protected void doDiscard(long offset, long bytes) {
        if (abilities.discardZeroes()) {
            free(offset, bytes);
        }
    }

    @Override
    protected void doFlush() {
        // Memory is as durable as it gets.
    }

    @Override
    protected Extent doBlockStatus(long offset, long bytes) {
        if (!abilities.knowsStatus()) {
            return new Extent(offset, bytes, BlockStatus.DATA);
        }
        long last = number(offset + bytes - 1);
        long next = number(offset);
        boolean data = isData(pages.get(next));
        if (data) {
            do {
                next++;
            } while (next <= last && isData(pages.get(next)));
        } else {
            next = nextData(next, last);
        }
        long run = next > last ? bytes : next * PAGE - offset;
        return new Extent(offset, run, data ? BlockStatus.DATA : BlockStatus.ZERO);
    }

    /** The first page after {@code first} that holds data, or one past {@code last}. */
    private long nextData(long first, long last) {
        for (Map.Entry<Long, byte[]> page : pages.subMap(first, true, last, true).entrySet()) {
            if (isData(page.getValue())) {
                return page.getKey();
            }
        }
        return last + 1;
    }

    private static boolean isData(byte[] page) {
        return page != null && page != ZERO_PAGE;
    }

    @Override
    protected void doClose() {
        pages.clear();
    }

    private static long number(long offset) {
        return offset / PAGE;
    }

    /** Where the page of {@code at} ends, or {@code end} if that comes first. */
    private static long pageEnd(long at, long end) {
        return at + Math.min(end - at, PAGE - within(at));
    }

    private static int within(long offset) {
        return (int) (offset % PAGE);
    }
}
