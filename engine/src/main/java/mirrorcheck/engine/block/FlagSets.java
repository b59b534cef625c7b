// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The eight possible sets of write flags, made once so that no request has to. */
final class FlagSets {
    static final Set<WriteFlag> FUA = Set.of(WriteFlag.FUA);

    private static final List<Set<WriteFlag>> SETS = all();

    private FlagSets() {
    }

    static Set<WriteFlag> of(boolean fua, boolean mayUnmap, boolean fastZero) {
        return SETS.get(bit(fua, WriteFlag.FUA) | bit(mayUnmap, WriteFlag.MAY_UNMAP)
                | bit(fastZero, WriteFlag.FAST_ZERO));
    }

    private static int bit(boolean set, WriteFlag flag) {
        return set ? 1 << flag.ordinal() : 0;
    }

    private static List<Set<WriteFlag>> all() {
        WriteFlag[] flags = WriteFlag.values();
        List<Set<WriteFlag>> sets = new ArrayList<>();
        for (int bits = 0; bits < 1 << flags.length; bits++) {
            Set<WriteFlag> set = EnumSet.noneOf(WriteFlag.class);
            for (WriteFlag flag : flags) {
                if ((bits & bit(true, flag)) != 0) {
                    set.add(flag);
                }
            }
            sets.add(Set.copyOf(set));
        }
        return List.copyOf(sets);
    }
}
