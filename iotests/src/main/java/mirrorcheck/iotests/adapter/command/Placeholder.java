// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.command;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** What stands in an argv for something that is only known when a copy begins. */
enum Placeholder {
    /** NBD URI of the source, served by the suite, read-only. */
    SOURCE("{source}"),
    /** NBD URI of the target, served by the suite. */
    TARGET("{target}"),
    /** The raw file of the source. */
    SOURCE_PATH("{source-path}"),
    /** The raw file of the target. */
    TARGET_PATH("{target-path}"),
    /** The folder of {@code adapter.json}, for scripts that lie beside it. */
    ADAPTER("{adapter}");

    /** Anything that looks like one, so that a slip of the finger is not passed on as text. */
    static final Pattern LOOK = Pattern.compile("\\{[A-Za-z_-]+}");

    private final String text;

    Placeholder(String text) {
        this.text = text;
    }

    /** How it is written, braces included. */
    String text() {
        return text;
    }

    /** Whether some argument holds it. */
    boolean isIn(List<String> argv) {
        return argv.stream().anyMatch(argument -> argument.contains(text));
    }

    /** All of them as they are written. */
    static List<String> texts() {
        return Arrays.stream(values()).map(Placeholder::text).toList();
    }
}
