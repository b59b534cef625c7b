// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import mirrorcheck.iotests.host.AtomicWrite;

/**
 * How long each test took when it last passed on this machine: lines {@code milliseconds key}. A
 * file that is missing or unreadable is the same as an empty one; it only costs the comparison.
 * Safe for use from any thread.
 */
final class LastTimes {
    private final Path file;
    private final Map<String, Long> millis = new TreeMap<>();

    private LastTimes(Path file) {
        this.file = file;
    }

    /** Reads the file. */
    static LastTimes read(Path file) {
        LastTimes times = new LastTimes(file);
        try {
            for (String line : Files.exists(file)
                    ? Files.readAllLines(file) : java.util.List.<String>of()) {
                if (line.matches("[0-9]{1,12} .+")) {
                    int blank = line.indexOf(' ');
                    times.millis.put(line.substring(blank + 1),
                            Long.valueOf(line.substring(0, blank)));
                }
            }
        } catch (IOException e) {
            times.millis.clear();
        }
        return times;
    }

    /** The last time of {@code key}, or -1. */
    synchronized long of(String key) {
        return millis.getOrDefault(key, -1L);
    }

    /** Notes the time of {@code key} for the next run. */
    synchronized void put(String key, long time) {
        millis.put(key, time);
    }

    /**
     * Writes the file, whole or not at all.
     *
     * @throws IOException if it cannot be written
     */
    synchronized void write() throws IOException {
        StringBuilder text = new StringBuilder();
        millis.forEach((key, time) -> text.append(time).append(' ').append(key).append('\n'));
        AtomicWrite.write(file, text.toString());
    }
}
