// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import java.lang.foreign.MemorySegment;
import mirrorcheck.engine.bitmap.Bitmap;
import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.driver.qcow2.Qcow2Node;
import mirrorcheck.engine.mirror.Geometry;
import mirrorcheck.engine.mirror.Tracking;
import mirrorcheck.engine.mirror.WholeClusters;

/** What is wrong in one place each about layers and clusters: bugs that real mirrors had. */
final class BrokenChains {
    private BrokenChains() {
    }

    /** B26: behind the end of a layer the walk down the chain goes on. */
    static final class EndlessLayer extends FilterNode {
        private final BlockNode layer;
        private final BlockNode below;

        private EndlessLayer(Qcow2Node layer) throws BlockException {
            super(layer.options(), layer, true);
            this.layer = layer;
            below = layer.backing();
        }

        static BlockNode above(BlockNode node) throws BlockException {
            return node instanceof Qcow2Node layer && layer.backing() != null
                    && !layer.nodeName().equals("source") ? new EndlessLayer(layer) : node;
        }

        @Override
        public long length() {
            return Math.max(layer.length(), below.length());
        }

        @Override
        protected void doRead(long offset, MemorySegment into) throws BlockException {
            long own = Math.clamp(layer.length() - offset, 0, into.byteSize());
            layer.read(offset, into.asSlice(0, own));
            below.read(offset + own, into.asSlice(own));
        }

        @Override
        protected Extent doBlockStatus(long offset, long bytes) throws BlockException {
            return offset >= layer.length() ? below.blockStatus(offset, bytes)
                    : layer.blockStatus(offset, Math.min(bytes, layer.length() - offset));
        }
    }

    /** N09: what the first byte of a chunk has is said of all of it. */
    static final class FirstByteSpeaks extends FilterNode {
        private static final long CHUNK = 1 << 20;

        private FirstByteSpeaks(BlockNode node) throws BlockException {
            super(node.options(), node, true);
        }

        static BlockNode above(BlockNode node) throws BlockException {
            return node.nodeName().equals("source") ? new FirstByteSpeaks(node) : node;
        }

        @Override
        protected Extent doBlockStatus(long offset, long bytes) throws BlockException {
            return stretched(super.doBlockStatus(offset, bytes), bytes);
        }

        @Override
        public Extent allocatedInTop(long offset, long bytes) throws BlockException {
            return stretched(super.allocatedInTop(offset, bytes), clipForStatus(offset, bytes));
        }

        private static Extent stretched(Extent extent, long bytes) {
            long end = Math.ceilDiv(extent.end(), CHUNK) * CHUNK;
            return new Extent(extent.offset(), Math.min(end - extent.offset(), bytes),
                    extent.status());
        }
    }

    /** B33: what the job copies is not widened. */
    static final class JobNotWidened extends WholeClusters {
        private final Geometry geometry;

        JobNotWidened(BlockNode target, Geometry geometry) {
            super(target, geometry);
            this.geometry = geometry;
        }

        @Override
        public ChunkRange widened(ChunkRange run) {
            return run;
        }

        @Override
        public Geometry planned(ChunkRange run) {
            return geometry;
        }
    }

    /** B32: what a guest writes goes to the target as it is. */
    static final class GuestsNotWidened extends WholeClusters {
        GuestsNotWidened(BlockNode target, Geometry geometry) {
            super(target, geometry);
        }

        @Override
        public Write widened(long offset, long bytes) {
            return new Write(offset, offset + bytes, offset, offset + bytes);
        }
    }

    /** N05: zero bits are cleared for what was dirty of a widened copy, not for the rest of it. */
    static final class RestStaysZero extends Tracking {
        private final Geometry geometry;
        private final long chunk;
        private final Bitmap rest;

        RestStaysZero(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
            this.geometry = geometry;
            chunk = geometry.granularity();
            rest = new Bitmap(geometry.length(), chunk);
        }

        @Override
        public void picked(long offset, long bytes) {
            // Of a widened run the first dirty chunks are those that it was picked for.
            ChunkRange first = dirty.run(offset, bytes);
            rest.setOutwards(offset, bytes);
            rest.clearOutwards(first.offset(),
                    Math.min(first.end(), offset + bytes) - first.offset());
            super.picked(offset, bytes);
        }

        @Override
        public void dataIssued(long offset, long bytes) {
            long end = offset + bytes;
            for (long at = offset; at < end;) {
                long next = Math.min(end, geometry.chunkStart(at) + chunk);
                if (!rest.get(at)) {
                    super.dataIssued(at, next - at);
                }
                at = next;
            }
            rest.clearOutwards(offset, bytes);
        }
    }
}
