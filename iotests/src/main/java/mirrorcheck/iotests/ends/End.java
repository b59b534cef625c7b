// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.ends;

import java.nio.file.Path;
import java.util.Map;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.FileNode;

/**
 * One end of a copy that the suite owns.
 *
 * @param node what requests go to: an {@link EndNode} over the file, which it owns
 * @param log  the requests that came
 * @param gate what stands before the file
 */
public record End(BlockNode node, RequestLog log, Gate gate) {
    /**
     * Opens a file as an end, with an empty log and an open gate.
     *
     * @param options  those of a node: {@code filename}, {@code read-only}, {@code cache.no-flush},
     *                 {@code cache.direct}, {@code block-status}
     * @param progress called for every request that comes
     * @throws BlockException with the host's errno if the file cannot be opened; nothing is left
     *         open
     */
    public static End open(Map<String, Object> options, Runnable progress) throws BlockException {
        NodeOptions file = NodeOptions.named("file").withDiscard(Discard.UNMAP)
                .withReadOnly((boolean) options.getOrDefault("read-only", false))
                .withNoFlush((boolean) options.getOrDefault("cache.no-flush", false));
        RequestLog log = new RequestLog();
        Gate gate = new Gate();
        FileNode protocol = FileNode.open(Path.of((String) options.get("filename")), file,
                (boolean) options.getOrDefault("cache.direct", false));
        RecordingNode recording = new RecordingNode("end", protocol, log, gate, progress);
        boolean knowsStatus = (boolean) options.getOrDefault("block-status", true);
        return new End(new EndNode(recording, log, gate, knowsStatus), log, gate);
    }

    /**
     * The end of an open node.
     *
     * @throws IllegalArgumentException if {@code ends} has none of that name
     */
    public static End of(Map<String, End> ends, String nodeName) {
        End end = ends.get(nodeName);
        if (end == null) {
            throw new IllegalArgumentException("node '" + nodeName + "': not open");
        }
        return end;
    }
}
