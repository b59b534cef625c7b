// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;

/** Says which layer of a chain decides, and where its data is. */
final class ChainMap {
    private final Image image;

    ChainMap(Image image) {
        this.image = image;
    }

    /** The longest line from {@code start} on. */
    MapExtent map(long start, long most) throws BlockException {
        MapExtent line = one(start, most);
        while (line.length() < most) {
            MapExtent next = one(start + line.length(), most - line.length());
            if (!line.continuesIn(next)) {
                break;
            }
            line = line.longer(next.length());
        }
        return line;
    }

    private MapExtent one(long start, long most) throws BlockException {
        Mapping mapping = image.find(start, most);
        long bytes = mapping.bytes();
        return switch (mapping.kind()) {
            case ZERO -> new MapExtent(start, bytes, 0, true, true, false, false, -1);
            case ZERO_ALLOCATED -> new MapExtent(start, bytes, 0, true, true, false, false,
                    mapping.host());
            case DATA -> new MapExtent(start, bytes, 0, true, false, true, false, mapping.host());
            case COMPRESSED -> new MapExtent(start, bytes, 0, true, false, true, true, -1);
            case UNALLOCATED -> below(start, bytes);
        };
    }

    private MapExtent below(long start, long bytes) throws BlockException {
        BlockNode backing = image.backing();
        if (backing == null || start >= backing.length()) {
            return new MapExtent(start, bytes, 0, false, true, false, false, -1);
        }
        long there = Math.min(bytes, backing.length() - start);
        if (backing instanceof Qcow2Node overlay) {
            return overlay.map(start, there).deeper();
        }
        Extent extent = backing.blockStatus(start, there);
        boolean zero = extent.status().zero();
        return new MapExtent(start, extent.bytes(), 1, true, zero, !zero, false, start);
    }
}
