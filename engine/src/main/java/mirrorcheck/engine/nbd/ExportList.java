// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.nbd.wire.Strings;

/** The exports of a server by name, in the order in which they came. Safe for use by any thread. */
final class ExportList {
    private final Map<String, ServedExport> exports = new LinkedHashMap<>();

    synchronized void add(ServedExport export) throws BlockException {
        int bytes = Strings.encode(export.name()).length;
        if (bytes > Strings.MAX_BYTES) {
            throw BlockException.refused("nbd export name: " + bytes + " bytes: must be at most "
                    + Strings.MAX_BYTES);
        }
        if (exports.putIfAbsent(export.name(), export) != null) {
            throw BlockException.refused(
                    "NBD server already has export named '" + export.name() + "'");
        }
    }

    /** The export of that name, or null. */
    synchronized ServedExport find(String name) {
        return exports.get(name);
    }

    /** The export of that name. */
    ServedExport get(String name) throws BlockException {
        ServedExport export = find(name);
        if (export == null) {
            throw BlockException.refused("Export '" + name + "' is not found");
        }
        return export;
    }

    synchronized void remove(ServedExport export) {
        exports.remove(export.name(), export);
    }

    synchronized List<ServedExport> all() {
        return new ArrayList<>(exports.values());
    }
}
