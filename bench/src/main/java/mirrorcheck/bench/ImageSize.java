// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as users write them. */
final class ImageSize {
    /** What stands for the size that a source has of itself. */
    static final String DEFAULT = "default";

    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})(MiB|GiB|TiB)");

    private ImageSize() {
    }

    /**
     * The bytes of a size such as {@code 256MiB}, {@code 4GiB} or {@code 1TiB}.
     *
     * @param byDefault what {@link #DEFAULT} means, in bytes
     * @throws IllegalArgumentException if it is none of these
     */
    static long parse(String text, long byDefault) {
        return parse("size", text, byDefault);
    }

    /** The same for an option with another name, {@code subject}, which the error tells. */
    static long parse(String subject, String text, long byDefault) {
        if (text.equals(DEFAULT)) {
            return byDefault;
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(subject + "=" + text
                    + ": not a size: write a number and MiB, GiB or TiB, such as 4GiB");
        }
        int shift = switch (form.group(2)) {
            case "MiB" -> 20;
            case "GiB" -> 30;
            default -> 40;
        };
        return Long.parseLong(form.group(1)) << shift;
    }
}
