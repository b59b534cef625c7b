// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.util.HashMap;
import java.util.Map;

/** A set of cluster numbers, compact where they lie close together. Guarded by its owner. */
final class ClusterSet {
    private static final int PAGE_BITS = 12;
    private static final int PAGE_WORDS = 1 << PAGE_BITS - 6;

    private final Map<Long, long[]> pages = new HashMap<>();

    /** Adds a cluster; false if it was there before. */
    boolean add(long cluster) {
        long[] page = pages.computeIfAbsent(cluster >> PAGE_BITS, key -> new long[PAGE_WORDS]);
        int word = word(cluster);
        long bit = 1L << cluster;
        if ((page[word] & bit) != 0) {
            return false;
        }
        page[word] |= bit;
        return true;
    }

    void addAll(long cluster, long count) {
        for (long each = cluster; each < cluster + count; each++) {
            add(each);
        }
    }

    void removeAll(long cluster, long count) {
        for (long each = cluster; each < cluster + count; each++) {
            remove(each);
        }
    }

    private void remove(long cluster) {
        long[] page = pages.get(cluster >> PAGE_BITS);
        if (page != null) {
            page[word(cluster)] &= ~(1L << cluster);
        }
    }

    boolean contains(long cluster) {
        long[] page = pages.get(cluster >> PAGE_BITS);
        return page != null && (page[word(cluster)] & 1L << cluster) != 0;
    }

    private static int word(long cluster) {
        return (int) (cluster >> 6 & PAGE_WORDS - 1);
    }
}
