// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.List;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.qcow2.CreateOptions;
import mirrorcheck.engine.driver.qcow2.GrowingNode;
import mirrorcheck.engine.driver.qcow2.Qcow2Create;
import mirrorcheck.engine.driver.qcow2.Qcow2Node;
import org.junit.jupiter.api.Nested;

/** Images of several shapes keep the contract of a block node. */
class Qcow2NodeTest {
    /** What the shapes have in common. */
    abstract static class Contract extends BlockNodeContract {
        abstract CreateOptions shape(long bytes);

        /** The backing node of the image, or null. */
        BlockNode backing(long bytes) throws Exception {
            return null;
        }

        @Override
        protected BlockNode createNode(NodeOptions options, long bytes) throws Exception {
            CreateOptions shape = shape(bytes);
            BlockNode file = GrowingNode.empty();
            BlockNode data = shape.dataFile() == null ? null : GrowingNode.empty();
            Qcow2Create.create(file, data, shape);
            return Qcow2Node.open(options,
                    new Qcow2Node.Children(file, data, backing(bytes), List.of(file)));
        }

        @Override
        protected boolean isAllocatedEverywhere() {
            return false;
        }
    }

    @Nested
    class Version3 extends Contract {
        @Override
        CreateOptions shape(long bytes) {
            return CreateOptions.ofSize(bytes);
        }
    }

    @Nested
    class Version2 extends Contract {
        @Override
        CreateOptions shape(long bytes) {
            return CreateOptions.ofSize(bytes).withVersion(2);
        }
    }

    @Nested
    class SmallClusters extends Contract {
        @Override
        CreateOptions shape(long bytes) {
            return CreateOptions.ofSize(bytes).withClusterSize(512);
        }
    }

    @Nested
    class NarrowRefcounts extends Contract {
        @Override
        CreateOptions shape(long bytes) {
            return CreateOptions.ofSize(bytes).withClusterSize(4096).withRefcountBits(1);
        }
    }

    @Nested
    class WideRefcounts extends Contract {
        @Override
        CreateOptions shape(long bytes) {
            return CreateOptions.ofSize(bytes).withClusterSize(512).withRefcountBits(64);
        }
    }

    @Nested
    class ExtendedL2 extends Contract {
        @Override
        CreateOptions shape(long bytes) {
            return CreateOptions.ofSize(bytes).withExtendedL2(true);
        }
    }

    @Nested
    class LargeClusters extends Contract {
        @Override
        CreateOptions shape(long bytes) {
            return CreateOptions.ofSize(bytes).withClusterSize(512 << 10);
        }

        /** The device is smaller than a cluster, which is data as soon as a byte of it is. */
        @Override
        protected boolean knowsStatus() {
            return false;
        }
    }

    @Nested
    class DataFile extends Contract {
        @Override
        CreateOptions shape(long bytes) {
            return CreateOptions.ofSize(bytes).withDataFile("data", false);
        }
    }

    /** Above a backing file that is shorter and reads as zero. */
    @Nested
    class Overlay extends Contract {
        @Override
        CreateOptions shape(long bytes) {
            return CreateOptions.ofSize(bytes).withClusterSize(4096).withBacking("below", "raw");
        }

        @Override
        BlockNode backing(long bytes) throws Exception {
            return new MemoryNode(NodeOptions.named("below"), bytes / 2);
        }
    }

    @Nested
    class OverlayVersion2 extends Overlay {
        @Override
        CreateOptions shape(long bytes) {
            return super.shape(bytes).withVersion(2);
        }
    }
}
