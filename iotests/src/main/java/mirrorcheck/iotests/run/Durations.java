// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mirrorcheck.iotests.judge.HarnessError;

/** Lengths of time as a user writes and reads them: {@code 5s}, {@code 5m}. */
final class Durations {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,6})(ms|s|m|h)?");

    private Durations() {
    }

    /**
     * Reads a length of time, greater than 0.
     *
     * @throws HarnessError naming {@code option} and what to write instead
     */
    static Duration parse(String option, String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new HarnessError(option + " " + text + ": not a length of time, write 5s or 5m");
        }
        long count = Long.parseLong(matcher.group(1));
        if (matcher.group(2) == null) {
            throw new HarnessError(option + " " + text + ": unit missing, write " + text + "s or "
                    + text + "m");
        }
        if (count == 0) {
            throw new HarnessError(option + " " + text + ": must be greater than 0");
        }
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }

    /** {@code 60 s}, or milliseconds below one second. */
    static String text(long nanos) {
        long millis = nanos / 1_000_000;
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
