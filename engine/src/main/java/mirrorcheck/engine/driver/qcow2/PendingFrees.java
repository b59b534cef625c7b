// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.util.ArrayList;
import java.util.List;

/**
 * Clusters that nothing in memory refers to any more, but perhaps something in the file. They keep
 * their refcounts until the tables without the references are durable: a cluster that is used again
 * earlier would have two owners after a crash. They also wait for the reads that may have found
 * them before they were given up. Guarded by the metadata lock.
 */
final class PendingFrees {
    /** So many ranges are held back at most before a checkpoint is asked for. */
    private static final int MOST_RANGES = 16384;
    /** So many bytes are held back at most before a checkpoint is asked for. */
    private static final long MOST_BYTES = 256L << 20;

    /**
     * Adjacent clusters that each lose one reference.
     *
     * @param discard whether the file need not keep their content once they are free
     * @param reads   the ticket of the latest read that may be reading them
     */
    record Range(long cluster, long count, boolean discard, long reads) {
        long end() {
            return cluster + count;
        }
    }

    private final Reads reads;
    private List<Range> ranges = new ArrayList<>();
    private long clusters;

    PendingFrees(Reads reads) {
        this.reads = reads;
    }

    void add(long cluster, long count, boolean discard) {
        add(cluster, count, discard, reads.last());
    }

    private void add(long cluster, long count, boolean discard, long since) {
        clusters += count;
        if (!ranges.isEmpty()) {
            Range last = ranges.getLast();
            if (last.end() == cluster && last.discard() == discard) {
                ranges.set(ranges.size() - 1, new Range(last.cluster(), last.count() + count,
                        discard, Math.max(last.reads(), since)));
                return;
            }
        }
        ranges.add(new Range(cluster, count, discard, since));
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    boolean isMany(int clusterBits) {
        return ranges.size() >= MOST_RANGES || clusters << clusterBits >= MOST_BYTES;
    }

    /** Takes all of them out but those that a read in progress may have found. */
    List<Range> take() {
        List<Range> taken = new ArrayList<>();
        List<Range> left = ranges;
        ranges = new ArrayList<>();
        clusters = 0;
        for (Range range : left) {
            if (reads.runsUpTo(range.reads())) {
                add(range.cluster(), range.count(), range.discard(), range.reads());
            } else {
                taken.add(range);
            }
        }
        return taken;
    }

    void putBack(List<Range> taken) {
        for (Range range : taken) {
            add(range.cluster(), range.count(), range.discard(), range.reads());
        }
    }
}
