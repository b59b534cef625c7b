// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.driver.ThrottleGroup;
import mirrorcheck.engine.driver.ThrottleGroup.Rates;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.qmp.schema.Arguments;

/** The objects of {@code object-add}: throttle groups, by id. Safe for use from any thread. */
final class ThrottleGroups {
    private static final Pattern ID = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");

    private static final class Entry {
        final ThrottleGroup group;
        int members;

        Entry(ThrottleGroup group) {
            this.group = group;
        }
    }

    /** Opens a member of a group. */
    @FunctionalInterface
    interface Member {
        BlockNode open(ThrottleGroup group) throws BlockException;
    }

    private final Map<String, Entry> groups = new HashMap<>();

    /** {@code object-add} with {@code qom-type=throttle-group}. */
    synchronized void add(Arguments object) throws BlockException {
        String id = object.string("id");
        if (!ID.matcher(id).matches()) {
            throw BlockException.refused("Parameter 'id' expects an identifier");
        }
        if (groups.containsKey(id)) {
            throw BlockException.refused("attempt to add duplicate property '" + id
                    + "' to object (type 'container')");
        }
        Arguments limits = object.object("limits");
        groups.put(id, new Entry(new ThrottleGroup(rates(limits, "bps"), rates(limits, "iops"),
                Clock.SYSTEM)));
    }

    private static Rates rates(Arguments limits, String unit) {
        return limits == null ? Rates.NONE : new Rates(limits.integer(unit + "-total", 0),
                limits.integer(unit + "-read", 0), limits.integer(unit + "-write", 0));
    }

    /** {@code object-del}. */
    synchronized void remove(String id) throws BlockException {
        Entry entry = groups.get(id);
        if (entry == null) {
            throw BlockException.refused("object '" + id + "' not found");
        }
        if (entry.members > 0) {
            throw BlockException.refused(
                    "Cannot delete throttle group '" + id + "' with active references");
        }
        groups.remove(id);
    }

    synchronized BlockNode join(String id, Member member) throws BlockException {
        Entry entry = groups.get(id);
        if (entry == null) {
            throw BlockException.refused("Throttle group '" + id + "' does not exist");
        }
        BlockNode node = member.open(entry.group);
        entry.members++;
        return node;
    }

    /** A node of the group is gone. */
    synchronized void leave(String id) {
        groups.get(id).members--;
    }
}
