// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.host.Errno;

/** Opens filters that fail requests by rules: driver {@code blkdebug}. */
final class DebugDriver {
    private static final int SECTOR = 512;

    private DebugDriver() {
    }

    static DebugNode open(Opening opening) throws BlockException {
        Opening.Child image = opening.child("image");
        return new DebugNode(opening.node(), image.node(), image.owned(),
                rules(opening.options().objects("inject-error")));
    }

    private static List<DebugRule> rules(List<? extends Options> given) {
        List<DebugRule> rules = new ArrayList<>();
        for (Options rule : given) {
            long sector = rule.integer("sector", -1);
            rules.add(new DebugRule(
                    DebugRule.Event.valueOf(rule.string("event").toUpperCase(Locale.ROOT)),
                    kinds(rule.string("iotype")), sector < 0 ? -1 : sector * SECTOR,
                    Errno.of((int) rule.integer("errno", Errno.EIO.number())),
                    rule.bool("once", false)));
        }
        return rules;
    }

    private static Set<Request.Kind> kinds(String type) {
        if (type == null) {
            return EnumSet.complementOf(EnumSet.of(Request.Kind.BLOCK_STATUS));
        }
        return EnumSet.of(Request.Kind.valueOf(type.toUpperCase(Locale.ROOT).replace('-', '_')));
    }
}
