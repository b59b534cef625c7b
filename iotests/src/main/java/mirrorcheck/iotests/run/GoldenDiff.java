// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.List;

/** How two transcripts differ, as {@code diff -u} shows it. */
final class GoldenDiff {
    private static final int CONTEXT = 3;

    private GoldenDiff() {
    }

    /**
     * The lines of a unified diff; empty if nothing differs. A golden that is missing counts as
     * empty.
     */
    static List<String> lines(String golden, String actual) {
        List<String> before = golden == null ? List.of() : golden.lines().toList();
        List<String> after = actual.lines().toList();
        return UnifiedDiffUtils.generateUnifiedDiff("golden", "actual", before,
                DiffUtils.diff(before, after), CONTEXT);
    }
}
