// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tables used last, as many as fit a number of bytes. Dirty ones stay in any case; their owner
 * is told and has to write them. Guarded by the metadata lock.
 */
final class TableCache<K> {
    private final long limit;
    private final Map<K, Table> tables = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** @param limit bytes of tables to keep */
    TableCache(long limit) {
        this.limit = limit;
    }

    /** The table, or null if it is not here. */
    Table get(K key) {
        return tables.get(key);
    }

    /** Adds a table and forgets the clean ones that were not used longest. */
    void put(K key, Table table) {
        remove(key);
        tables.put(key, table);
        bytes += table.bytes().length;
        if (bytes > limit) {
            evict(table);
        }
    }

    /** Forgets clean tables until the limit is kept. */
    void shrink() {
        evict(null);
    }

    private void evict(Table keep) {
        Iterator<Table> each = tables.values().iterator();
        while (bytes > limit && each.hasNext()) {
            Table table = each.next();
            if (table != keep && table.isClean()) {
                each.remove();
                bytes -= table.bytes().length;
            }
        }
    }

    void remove(K key) {
        Table old = tables.remove(key);
        if (old != null) {
            bytes -= old.bytes().length;
        }
    }

    List<Map.Entry<K, Table>> dirty() {
        List<Map.Entry<K, Table>> dirty = new ArrayList<>();
        for (Map.Entry<K, Table> each : tables.entrySet()) {
            if (each.getValue().isDirty()) {
                dirty.add(Map.entry(each.getKey(), each.getValue()));
            }
        }
        return dirty;
    }

    /** Bytes held beyond the limit: only a checkpoint makes them less. */
    long excess() {
        return Math.max(0, bytes - limit);
    }
}
