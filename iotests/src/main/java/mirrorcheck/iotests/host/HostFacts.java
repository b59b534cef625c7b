// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What the scratch directory was found to do.
 *
 * @param missing what it does not do, each with the reason as the probe met it
 * @param step    bytes that a single written byte allocates
 * @param free    bytes that can still be written
 * @param notes   what a reader should know beside that, one line each
 */
public record HostFacts(Map<HostWord, String> missing, long step, long free, List<String> notes) {
    public HostFacts {
        Map<HostWord, String> sorted = new EnumMap<>(HostWord.class);
        sorted.putAll(missing);
        missing = Collections.unmodifiableMap(sorted);
        notes = List.copyOf(notes);
    }

    /** The same host, which does not do that either. */
    HostFacts without(HostWord word, String reason) {
        Map<HostWord, String> more = new EnumMap<>(HostWord.class);
        more.putAll(missing);
        more.put(word, reason);
        return new HostFacts(more, step, free, notes);
    }

    /** A host that does everything. */
    public static HostFacts complete() {
        return new HostFacts(Map.of(), 4096, Long.MAX_VALUE, List.of());
    }

    /** One line for each thing missing, {@code host:o-direct: Invalid argument}, and the notes. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        missing.forEach((word, reason) -> {
            // Not of the directory: each test that is skipped for it says so.
            if (word != HostWord.QEMU_IMG) {
                lines.add("no " + word.word() + ": " + reason);
            }
        });
        lines.addAll(notes);
        return lines;
    }
}
