// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import mirrorcheck.engine.host.Errno;

/**
 * A driver of nothing but zeroes that writes down what reaches it, and refuses what it is told to.
 */
final class RecordingNode extends AbstractNode {
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    Limits limits = Limits.NONE;
    boolean fua;
    /** What zero writes, discards and writes fail with; null for success. */
    Errno zeroFailure;
    Errno discardFailure;
    Errno writeFailure;
    /** Runs inside each read. */
    Runnable duringRead = () -> { };
    private final long length;

    RecordingNode(NodeOptions options, long length) throws BlockException {
        super(options);
        this.length = length;
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
    protected boolean hasFua() {
        return fua;
    }

    @Override
    protected void doRead(long offset, MemorySegment into) {
        calls.add("read " + offset + " " + into.byteSize());
        duringRead.run();
        into.fill((byte) 0);
    }

    @Override
    protected void doWrite(long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        calls.add("write " + offset + " " + from.byteSize() + words(flags));
        fail(writeFailure);
    }

    @Override
    protected void doWriteZeroes(long offset, long bytes, Set<WriteFlag> flags)
            throws BlockException {
        calls.add("zero " + offset + " " + bytes + words(flags));
        fail(zeroFailure);
    }

    @Override
    protected void doDiscard(long offset, long bytes) throws BlockException {
        calls.add("discard " + offset + " " + bytes);
        fail(discardFailure);
    }

    @Override
    protected void doFlush() {
        calls.add("flush");
    }

    @Override
    protected Extent doBlockStatus(long offset, long bytes) {
        calls.add("status " + offset + " " + bytes);
        return new Extent(offset, bytes, BlockStatus.ZERO);
    }

    @Override
    protected void doClose() {
        calls.add("close");
    }

    private static String words(Set<WriteFlag> flags) {
        StringBuilder words = new StringBuilder();
        new TreeSet<>(flags).forEach(flag -> words.append(' ').append(flag));
        return words.toString();
    }

    private static void fail(Errno errno) throws BlockException {
        if (errno != null) {
            throw new BlockException(errno, "told to fail: " + errno.text());
        }
    }
}
