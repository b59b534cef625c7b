// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import mirrorcheck.engine.block.WriteFlag;

/** The flags of a guest's write, from the words of {@link GuestDoor} to those of a block node. */
public final class GuestFlags {
    private GuestFlags() {
    }

    /**
     * The flags that are true.
     *
     * @throws IllegalArgumentException if there is one that a guest's write does not have
     */
    public static Set<WriteFlag> of(Map<String, Boolean> flags) {
        Set<WriteFlag> set = EnumSet.noneOf(WriteFlag.class);
        flags.forEach((name, on) -> {
            if (on) {
                set.add(switch (name) {
                    case "fua" -> WriteFlag.FUA;
                    case "fast" -> WriteFlag.FAST_ZERO;
                    case "unmap" -> WriteFlag.MAY_UNMAP;
                    default -> throw new IllegalArgumentException("flag '" + name
                            + "': not a flag of a guest write");
                });
            }
        });
        return set;
    }
}
