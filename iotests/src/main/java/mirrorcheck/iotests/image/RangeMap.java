// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A value for every byte of {@code [0, size)}, kept as runs of equal values, so that a TiB costs no
 * more than its runs.
 *
 * <p>Not safe for use from several threads.
 *
 * @param <V> the value, immutable, compared with {@code equals}
 */
public final class RangeMap<V> {
    private final long size;
    private final TreeMap<Long, V> starts = new TreeMap<>();

    /**
     * A run of equal values, half-open.
     *
     * @param offset first byte
     * @param bytes  length, greater than 0
     * @param value  the value of every byte of it
     */
    public record Run<V>(long offset, long bytes, V value) {
        /** The first byte behind the run. */
        public long end() {
            return offset + bytes;
        }
    }

    /** A map of {@code size} bytes, 0 or more, that all have {@code initial}. */
    public RangeMap(long size, V initial) {
        this.size = size;
        starts.put(0L, initial);
    }

    /** A copy that changes on its own. */
    public RangeMap(RangeMap<V> other) {
        this.size = other.size;
        starts.putAll(other.starts);
    }

    /** The size in bytes. */
    public long size() {
        return size;
    }

    /** The value at {@code offset}. */
    public V at(long offset) {
        return starts.floorEntry(Objects.checkIndex(offset, size)).getValue();
    }

    /**
     * Gives {@code [offset, offset + bytes)} the value; 0 bytes change nothing; a range past the
     * end is refused.
     */
    public void put(long offset, long bytes, V value) {
        Objects.checkFromIndexSize(offset, bytes, size);
        if (bytes == 0) {
            return;
        }
        long end = offset + bytes;
        if (end < size) {
            starts.putIfAbsent(end, starts.floorEntry(end).getValue());
        }
        starts.subMap(offset, end).clear();
        starts.put(offset, value);
        joinAt(offset);
        joinAt(end);
    }

    /** Every run, in order, as long as possible; none if the size is 0. */
    public List<Run<V>> runs() {
        return runs(0, size);
    }

    /** The runs of {@code [offset, offset + bytes)}, cut at its ends. */
    public List<Run<V>> runs(long offset, long bytes) {
        Objects.checkFromIndexSize(offset, bytes, size);
        List<Run<V>> runs = new ArrayList<>();
        long end = offset + bytes;
        long at = offset;
        while (at < end) {
            Map.Entry<Long, V> next = starts.higherEntry(at);
            long until = next == null ? end : Math.min(end, next.getKey());
            runs.add(new Run<>(at, until - at, at(at)));
            at = until;
        }
        return runs;
    }

    private void joinAt(long offset) {
        Map.Entry<Long, V> before = starts.lowerEntry(offset);
        if (before != null && starts.containsKey(offset) && before.getValue()
                .equals(starts.get(offset))) {
            starts.remove(offset);
        }
    }
}
