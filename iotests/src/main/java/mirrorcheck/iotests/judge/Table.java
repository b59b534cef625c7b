// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.io.IOUtils;

/**
 * A table of what was measured on a real mirror, kept among the resources: tab-separated, one
 * header line.
 *
 * @param columns the header
 * @param rows    each a map from column to cell, in the order of the columns
 */
public record Table(List<String> columns, List<Map<String, String>> rows) {
    /**
     * Reads the table {@code name}, such as {@code qemu-11.1-matrix-raw.tsv}.
     *
     * @throws HarnessError if there is no such table, or a row has more or fewer cells than the
     * header
     */
    public static Table read(String name) {
        try (InputStream in =
                Table.class.getResourceAsStream("/mirrorcheck/iotests/reference/" + name)) {
            if (in == null) {
                throw new HarnessError(name + ": no such table of measurements");
            }
            return parse(name, IOUtils.readLines(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new HarnessError(name + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static Table parse(String name, List<String> lines) {
        List<String> columns = List.of(lines.getFirst().split("\t", -1));
        List<Map<String, String>> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\t", -1);
            if (cells.length != columns.size()) {
                throw new HarnessError(name + ": line " + (rows.size() + 2) + ": " + cells.length
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
