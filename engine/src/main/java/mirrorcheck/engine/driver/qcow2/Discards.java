// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import mirrorcheck.engine.block.BlockException;

/** Gives the content of freed clusters up in the file, before they can be taken again. */
final class Discards {
    private final Image image;

    Discards(Image image) {
        this.image = image;
    }

    /** Discards the clusters of a range that are about to lose their last reference. */
    void discard(PendingFrees.Range range) throws BlockException {
        if (!range.discard()) {
            return;
        }
        long from = range.cluster();
        while (from < range.end()) {
            long to = from;
            image.lock().lock();
            try {
                while (to < range.end() && image.refcounts().get(to) == 1) {
                    to++;
                }
            } finally {
                image.lock().unlock();
            }
            if (to > from) {
                discard(from, to);
            }
            from = to + 1;
        }
    }

    private void discard(long from, long to) throws BlockException {
        int bits = image.geometry().clusterBits();
        long start = from << bits;
        long end = Math.min(to << bits, image.file().length());
        if (start < end) {
            image.file().node().discard(start, end - start);
        }
    }
}
