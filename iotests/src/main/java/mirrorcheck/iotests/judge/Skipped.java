// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

import java.util.List;

/**
 * A test or case that does not apply to this implementation or host; carries every reason at once.
 */
public final class Skipped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> reasons;

    /** Skips for {@code reasons}, at least one, each a short clause. */
    public Skipped(List<String> reasons) {
        super(String.join("; ", reasons), null, false, false);
        this.reasons = List.copyOf(reasons);
    }

    /** Every reason, in the order found. */
    public List<String> reasons() {
        return reasons;
    }
}
