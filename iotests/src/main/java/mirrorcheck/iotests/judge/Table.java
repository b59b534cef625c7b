// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table of what was measured on a real mirror: {@code iotests/reference/*.tsv}, tab-separated, one header line.
 *
 * @param columns the header
 * @param rows    each a map from column to cell, in the order of the columns
 */
public record Table(List<String> columns, List<Map<String, String>> rows) {
    /** Reads a table; a row with more or fewer cells than the header is a {@link HarnessError}. */
    public static Table read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<String> columns = List.of(lines.getFirst().split("\t", -1));
        List<Map<String, String>> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\t", -1);
            if (cells.length != columns.size()) {
                throw new HarnessError(file.getFileName() + ": line " + (rows.size() + 2) + ": " + cells.length
                        + " cells, the header has " + columns.size());
            }
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < cells.length; i++) {
                row.put(columns.get(i), cells[i]);
            }
            rows.add(row);
        }
        return new Table(columns, rows);
    }
}
