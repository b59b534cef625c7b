// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import mirrorcheck.engine.block.BlockException;

/** Finds out where the tables of an image are, and that none lies upon another. */
final class Layout {
    private Layout() {
    }

    /** Enters the clusters of all tables into {@link Image#metadata}; under the metadata lock. */
    static void register(Image image) throws BlockException {
        Geometry geometry = image.geometry();
        int bits = geometry.clusterBits();
        add(image, "header", 0, 1);
        L2Tables tables = image.tables();
        add(image, "L1 table", tables.l1Offset() >> bits, tables.l1Clusters());
        Refcounts refcounts = image.refcounts();
        add(image, "refcount table", refcounts.tableOffset() >> bits, refcounts.tableClusters());
        for (long offset : refcounts.blockOffsets()) {
            add(image, "refcount block", offset >>> bits, 1);
        }
        for (Snapshots.Area area : Snapshots.areas(image)) {
            add(image, area.what(), area.offset() >> bits,
                    geometry.alignUp(area.bytes()) >> bits);
        }
        for (int i = 0; i < tables.l1Entries(); i++) {
            long offset = L2Entry.host(tables.l1Entry(i));
            if (offset != 0) {
                add(image, "L2 table", offset >> bits, 1);
            }
        }
    }

    private static void add(Image image, String what, long cluster, long count) {
        for (long each = cluster; each < cluster + count; each++) {
            if (!image.metadata().add(each)) {
                // Reading is still possible; the first write says why it is not.
                image.corrupt(what + ": cluster " + each + ": another table is there");
            }
        }
    }
}
