// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;

/** Small images to damage. */
final class Headers {
    private Headers() {
    }

    /** An image of 256 KiB in clusters of 512 bytes with some data, as bytes. */
    static byte[] image(CreateOptions options) throws BlockException {
        GrowingNode file = GrowingNode.empty();
        Qcow2Create.create(file, null, options);
        try (Qcow2Node node = Qcow2Node.open(NodeOptions.named("image"),
                new Qcow2Node.Children(file, null, null, List.of()))) {
            byte[] data = new byte[20_000];
            Arrays.fill(data, (byte) 7);
            node.write(1000, MemorySegment.ofArray(data),
                    WriteFlag.NONE);
            node.writeZeroes(100_000, 5000, WriteFlag.NONE);
        }
        return file.content();
    }

    /** A change of a field: its width in bytes is 4 or 8. */
    record Patch(int offset, int width, long value) {
        void apply(byte[] image) {
            ByteBuffer bytes = ByteBuffer.wrap(image);
            if (width == 4) {
                bytes.putInt(offset, (int) value);
            } else {
                bytes.putLong(offset, value);
            }
        }
    }
}
