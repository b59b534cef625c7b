// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.bitmap.ChunkRange;

/**
 * The ranges of requests that are issued and not settled, the job's and the guests', in the order
 * of their arrival.
 *
 * <p>Overlapping requests never run at once: each waits for those that came before it, and only for
 * those, so nobody waits in a circle (bugs B10 and B12). Not thread-safe: the job's lock guards it.
 * Open for variation, as {@link Tracking} is.
 */
public class InFlight {
    /** The most requests of the job itself at a time. */
    static final int MAX_REQUESTS = 16;

    private final List<Range> ranges = new ArrayList<>();
    private int requests;
    private long buffered;

    /** A range in flight. */
    public static final class Range {
        private long offset;
        private long bytes;
        private final long buffer;

        private Range(long offset, long bytes, long buffer) {
            this.offset = offset;
            this.bytes = bytes;
            this.buffer = buffer;
        }

        /** Its first byte. */
        public long offset() {
            return offset;
        }

        long bytes() {
            return bytes;
        }

        long end() {
            return offset + bytes;
        }

        private boolean overlaps(long from, long length) {
            return offset < from + length && from < offset + bytes;
        }
    }

    /** Adds a range behind all others. */
    Range add(long offset, long bytes) {
        Range range = new Range(offset, bytes, 0);
        ranges.add(range);
        return range;
    }

    /**
     * Takes the first {@code bytes} off a picked run and makes them a request of the job, in the
     * run's place.
     *
     * @param buffer bytes of memory the request holds: its length if it copies, else 0
     */
    Range split(Range run, long bytes, long buffer) {
        Range request = new Range(run.offset, bytes, buffer);
        ranges.add(ranges.indexOf(run), request);
        run.offset += bytes;
        run.bytes -= bytes;
        requests++;
        buffered += buffer;
        return request;
    }

    /** Takes the first {@code bytes} off a picked run: nothing needs to be done about them. */
    void skip(Range run, long bytes) {
        run.offset += bytes;
        run.bytes -= bytes;
    }

    /** Removes a range that was added. */
    void remove(Range range) {
        ranges.remove(range);
    }

    /** Removes a request that was split off. */
    void settle(Range request) {
        ranges.remove(request);
        requests--;
        buffered -= request.buffer;
    }

    /** Whether something that came before {@code range} overlaps it. */
    public boolean mustWait(Range range) {
        for (Range earlier : ranges) {
            if (earlier == range) {
                return false;
            }
            if (earlier.overlaps(range.offset, range.bytes)) {
                return true;
            }
        }
        throw new IllegalStateException("range not in flight: offset " + range.offset);
    }

    /** The lowest range in flight that overlaps {@code chunks}, or null. */
    public Range conflict(ChunkRange chunks) {
        Range lowest = null;
        for (Range range : ranges) {
            if (range.overlaps(chunks.offset(), chunks.bytes())
                    && (lowest == null || range.offset < lowest.offset)) {
                lowest = range;
            }
        }
        return lowest;
    }

    /**
     * Whether the job may issue a request that holds {@code buffer} bytes; one request is always
     * allowed.
     */
    public boolean hasRoomFor(long buffer, long maxBuffered) {
        return requests == 0 || requests < MAX_REQUESTS && buffer <= maxBuffered - buffered;
    }

    /** Whether anything else, whenever it came, overlaps {@code range}. */
    protected final boolean meetsAnother(Range range) {
        return ranges.stream()
                .anyMatch(other -> other != range && other.overlaps(range.offset, range.bytes));
    }

    /** Requests of the job in flight. */
    int requests() {
        return requests;
    }
}
