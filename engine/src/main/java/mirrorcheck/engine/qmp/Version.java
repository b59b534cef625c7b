// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.util.List;
import java.util.Map;
import mirrorcheck.engine.qmp.json.JsonObject;

/**
 * What the greeting and {@code query-version} say.
 *
 * <p>Clients look at the three numbers to know which behaviour to expect; so these are the numbers
 * of the QEMU whose behaviour this one was held to, and the member they stand in has the name the
 * protocol gives it. {@code package}, which is free text, says who really answers.
 */
final class Version {
    /** Name and version of this program. */
    static final String PACKAGE = "mirrorcheck " + version();

    private static final Map<String, Object> QEMU =
            JsonObject.of("major", 11L, "minor", 1L, "micro", 3L);

    private Version() {
    }

    private static String version() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    static Map<String, Object> info() {
        return JsonObject.of("qemu", QEMU, "package", PACKAGE);
    }

    /** The first message of a monitor. Commands are never taken out of band. */
    static Map<String, Object> greeting() {
        return JsonObject.of("QMP", JsonObject.of("version", info(), "capabilities", List.of()));
    }
}
