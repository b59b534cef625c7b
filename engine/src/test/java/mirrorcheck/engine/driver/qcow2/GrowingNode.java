// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import mirrorcheck.engine.block.AbstractNode;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;

/** A file in memory that can change its length and, if asked to, remembers what was done to it. */
public final class GrowingNode extends AbstractNode {
    private static final int PAGE = 4096;

    /** Something that was done: a write, a resize ({@code bytes} is null) or a flush (offset -1). */
    record Event(long offset, byte[] bytes) {
        static final Event FLUSH = new Event(-1, null);

        boolean isFlush() {
            return offset < 0;
        }
    }

    private final TreeMap<Long, byte[]> pages = new TreeMap<>();
    private long length;
    private List<Event> log;
    private long most = Long.MAX_VALUE;

    private GrowingNode(NodeOptions options, long bytes) throws BlockException {
        super(options);
        length = bytes + 511 & -512;
    }

    /** An empty file. */
    public static GrowingNode empty() throws BlockException {
        return new GrowingNode(NodeOptions.named("file").withDiscard(Discard.UNMAP), 0);
    }

    /** A file with this content. */
    static GrowingNode of(byte[] content) throws BlockException {
        GrowingNode node = empty();
        node.length = content.length + 511 & -512;
        node.doWrite(0, MemorySegment.ofArray(content), Set.of());
        return node;
    }

    /** Lets the disk be full at this length. */
    synchronized void limit(long bytes) {
        most = bytes;
    }

    /** Remembers from now on what is done. */
    synchronized List<Event> record() {
        log = new ArrayList<>();
        return log;
    }

    /** All of it. */
    synchronized byte[] content() throws BlockException {
        byte[] all = new byte[(int) length];
        doRead(0, MemorySegment.ofArray(all));
        return all;
    }

    synchronized GrowingNode copy() throws BlockException {
        GrowingNode copy = empty();
        copy.length = length;
        for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
            copy.pages.put(page.getKey(), page.getValue().clone());
        }
        return copy;
    }

    /** Does to this file what was done to another. */
    synchronized void replay(Event event) throws BlockException {
        if (event.isFlush()) {
            return;
        }
        if (event.bytes() == null) {
            resize(event.offset());
            return;
        }
        length = Math.max(length, event.offset() + event.bytes().length + 511 & -512);
        doWrite(event.offset(), MemorySegment.ofArray(event.bytes()), Set.of());
    }

    private void note(Event event) {
        if (log != null) {
            log.add(event);
        }
    }

    @Override
    public synchronized long length() {
        return length;
    }

    @Override
    public Limits limits() {
        return Limits.NONE;
    }

    @Override
    public synchronized void resize(long bytes) throws BlockException {
        if (bytes > most && bytes > length) {
            throw new BlockException(Errno.ENOSPC, "file: disk full at " + most + " bytes");
        }
        length = bytes + 511 & -512;
        pages.tailMap(length).clear();
        byte[] last = pages.get(length & -PAGE);
        if (last != null) {
            Arrays.fill(last, (int) (length % PAGE), PAGE, (byte) 0);
        }
        note(new Event(bytes, null));
    }

    @Override
    protected synchronized void doRead(long offset, MemorySegment into) {
        long bytes = into.byteSize();
        for (long done = 0; done < bytes;) {
            int within = (int) ((offset + done) % PAGE);
            int part = (int) Math.min(PAGE - within, bytes - done);
            byte[] page = pages.get(offset + done - within);
            if (page == null) {
                into.asSlice(done, part).fill((byte) 0);
            } else {
                MemorySegment.copy(page, within, into, JAVA_BYTE, done, part);
            }
            done += part;
        }
    }

    @Override
    protected synchronized void doWrite(long offset, MemorySegment from, Set<WriteFlag> flags) {
        long bytes = from.byteSize();
        if (log != null) {
            note(new Event(offset, from.toArray(JAVA_BYTE)));
        }
        for (long done = 0; done < bytes;) {
            int within = (int) ((offset + done) % PAGE);
            int part = (int) Math.min(PAGE - within, bytes - done);
            byte[] page = pages.computeIfAbsent(offset + done - within, key -> new byte[PAGE]);
            MemorySegment.copy(from, JAVA_BYTE, done, page, within, part);
            done += part;
        }
    }

    @Override
    protected void doWriteZeroes(long offset, long bytes, Set<WriteFlag> flags) {
        if (flags.contains(WriteFlag.MAY_UNMAP)) {
            doDiscard(offset, bytes);
        } else {
            doWrite(offset, MemorySegment.ofArray(new byte[(int) bytes]), flags);
        }
    }

    @Override
    protected synchronized void doDiscard(long offset, long bytes) {
        if (log != null) {
            note(new Event(offset, new byte[(int) bytes]));
        }
        long end = offset + bytes;
        for (long page = offset & -PAGE; page < end; page += PAGE) {
            byte[] content = pages.get(page);
            if (page >= offset && page + PAGE <= end) {
                pages.remove(page);
            } else if (content != null) {
                Arrays.fill(content, (int) (Math.max(offset, page) - page),
                        (int) (Math.min(end, page + PAGE) - page), (byte) 0);
            }
        }
    }

    @Override
    protected synchronized void doFlush() {
        note(Event.FLUSH);
    }

    @Override
    protected synchronized Extent doBlockStatus(long offset, long bytes) {
        long first = offset & -PAGE;
        boolean data = pages.containsKey(first);
        long end = first + PAGE;
        while (end < offset + bytes && pages.containsKey(end) == data) {
            end += PAGE;
        }
        return new Extent(offset, Math.min(bytes, end - offset),
                data ? BlockStatus.DATA : BlockStatus.ZERO);
    }

    @Override
    protected void doClose() {
        // The content stays, to be looked at.
    }
}
