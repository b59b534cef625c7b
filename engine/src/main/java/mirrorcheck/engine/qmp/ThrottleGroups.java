// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.driver.Driver;
import mirrorcheck.engine.driver.Opening;
import mirrorcheck.engine.driver.ThrottleGroup;
import mirrorcheck.engine.driver.ThrottleGroup.Rates;
import mirrorcheck.engine.driver.ThrottleNode;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.qmp.schema.Arguments;

/** The objects of {@code object-add}: throttle groups, by id. Safe for use from any thread. */
final class ThrottleGroups {
    private static final Pattern ID = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");

    private final Map<String, ThrottleGroup> groups = new HashMap<>();

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
        groups.put(id, new ThrottleGroup(rates(limits, "bps"), rates(limits, "iops"),
                Clock.SYSTEM));
    }

    private static Rates rates(Arguments limits, String unit) {
        return limits == null ? Rates.NONE : new Rates(limits.integer(unit + "-total", 0),
                limits.integer(unit + "-read", 0), limits.integer(unit + "-write", 0));
    }

    /** {@code object-del}. */
    synchronized void remove(String id) throws BlockException {
        ThrottleGroup group = groups.get(id);
        if (group == null) {
            throw BlockException.refused("object '" + id + "' not found");
        }
        if (group.isUsed()) {
            throw BlockException.refused(
                    "Cannot delete throttle group '" + id + "' with active references");
        }
        groups.remove(id);
    }

    /** The driver of the filters that have these limits: {@code throttle}. */
    Driver driver() {
        return new Driver("throttle", List.of("file"), this::open);
    }

    private synchronized ThrottleNode open(Opening opening) throws BlockException {
        String id = opening.options().string("throttle-group");
        ThrottleGroup group = groups.get(id);
        if (group == null) {
            throw BlockException.refused("Throttle group '" + id + "' does not exist");
        }
        Opening.Child file = opening.child("file");
        return new ThrottleNode(opening.node(), file.node(), file.owned(), group);
    }
}
