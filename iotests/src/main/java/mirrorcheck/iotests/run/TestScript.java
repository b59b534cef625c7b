// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.nio.file.Path;

/**
 * A script of the suite.
 *
 * @param name path below {@code iotests/tests} without ending
 * @param path its file
 * @param head what its head says
 */
public record TestScript(String name, Path path, ScriptHead head) {
    /** How messages name the file: {@code copy/mirror-sparse.groovy}. */
    public String file() {
        return name + ".groovy";
    }

    /** Its {@code about} statement. */
    public About about() {
        return head.about();
    }
}
