// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;

/** Answers block status, joining what is alike over entries and tables. */
final class StatusScan {
    /** So many runs of L2 entries are joined at most for one answer. */
    private static final int MOST_RUNS = 1024;

    private final Image image;
    private final Geometry geometry;
    /** Data of the file as it was last found, or null. Any thread may replace it. */
    private volatile Extent lastData;

    StatusScan(Image image) {
        this.image = image;
        this.geometry = image.geometry();
    }

    private interface Question {
        Extent ask(long guest, long most) throws BlockException;
    }

    /** The whole chain. */
    Extent status(long guest, long bytes) throws BlockException {
        return join(guest, bytes, this::chainStatus);
    }

    /** This image alone: allocated where it decides itself. */
    Extent allocatedInTop(long guest, long bytes) throws BlockException {
        return join(guest, bytes, this::ownStatus);
    }

    private Extent join(long guest, long bytes, Question question) throws BlockException {
        Extent first = question.ask(guest, bytes);
        long joined = first.bytes();
        int runs = 0;
        while (joined < bytes && runs < MOST_RUNS) {
            Extent next = question.ask(guest + joined, bytes - joined);
            if (!next.status().equals(first.status())) {
                break;
            }
            joined += next.bytes();
            // Tables that are not there cost nothing to pass.
            runs += next.bytes() < geometry.l2Span() ? 1 : 0;
        }
        return new Extent(guest, joined, first.status());
    }

    private Extent ownStatus(long guest, long most) throws BlockException {
        Mapping mapping = image.find(guest, most);
        BlockStatus status = switch (mapping.kind()) {
            case UNALLOCATED -> BlockStatus.UNALLOCATED;
            case ZERO, ZERO_ALLOCATED -> BlockStatus.ZERO;
            case DATA, COMPRESSED -> BlockStatus.DATA;
        };
        return new Extent(guest, mapping.bytes(), status);
    }

    private Extent chainStatus(long guest, long most) throws BlockException {
        Mapping mapping = image.find(guest, most);
        return switch (mapping.kind()) {
            case UNALLOCATED -> belowStatus(guest, mapping.bytes());
            case ZERO, ZERO_ALLOCATED -> new Extent(guest, mapping.bytes(), BlockStatus.ZERO);
            case COMPRESSED -> new Extent(guest, mapping.bytes(), BlockStatus.DATA);
            case DATA -> dataStatus(guest, mapping);
        };
    }

    private Extent belowStatus(long guest, long bytes) throws BlockException {
        BlockNode backing = image.backing();
        if (backing == null) {
            return new Extent(guest, bytes, BlockStatus.UNALLOCATED);
        }
        if (guest >= backing.length()) {
            // The short backing file decides that this is zero: nobody looks further down.
            return new Extent(guest, bytes, BlockStatus.ZERO);
        }
        Extent below = backing.blockStatus(guest, bytes);
        return new Extent(guest, below.bytes(), below.status());
    }

    /** Whole clusters that the file has no data for read as zero: those of a preallocated image. */
    private Extent dataStatus(long guest, Mapping mapping) throws BlockException {
        BlockNode data = image.data();
        long there = data.length() - mapping.host();
        if (there <= 0) {
            return new Extent(guest, mapping.bytes(), BlockStatus.ZERO);
        }
        Extent below = fileStatus(mapping.host(), there);
        long toCluster = geometry.clusterSize() - (guest & geometry.clusterSize() - 1);
        long bytes = Math.min(below.bytes(), mapping.bytes());
        if (below.status().zero() && bytes >= Math.min(toCluster, mapping.bytes())) {
            boolean wholeRun = bytes == mapping.bytes();
            long end = wholeRun ? guest + bytes : geometry.alignDown(guest + bytes);
            return new Extent(guest, end - guest, BlockStatus.ZERO);
        }
        long end = Math.min(geometry.alignUp(guest + bytes), guest + mapping.bytes());
        return new Extent(guest, end - guest, BlockStatus.DATA);
    }

    /**
     * What the data file says of a host offset. What it once called data is called so without
     * asking: that is correct whatever became of it (rule STATUS-2), and asking costs a file system
     * time for all the data that follows, each time.
     */
    private Extent fileStatus(long host, long bytes) throws BlockException {
        Extent known = lastData;
        if (known != null && known.offset() <= host && host < known.end()) {
            return new Extent(host, known.end() - host, known.status());
        }
        Extent found = image.data().blockStatus(host, bytes);
        if (!found.status().zero()) {
            lastData = found;
        }
        return found;
    }
}
