// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.nio.file.Path;

/**
 * Where the parts of the suite lie.
 *
 * @param root top of the project
 */
public record SuiteTree(Path root) {
    public SuiteTree {
        root = root.toAbsolutePath().normalize();
    }

    /** The scripts. */
    public Path tests() {
        return root.resolve("iotests").resolve("tests");
    }

    /** The goldens. */
    public Path goldens() {
        return root.resolve("golden-outputs");
    }

    /** A folder for each implementation that a file describes. */
    public Path adapters() {
        return root.resolve("iotests").resolve("adapters");
    }

    /** The rules. */
    public Path contract() {
        return root.resolve("iotests").resolve("CONTRACT.md");
    }

    /** The words of the DSL: base class of every script. */
    public Path common() {
        return root.resolve("common.groovy");
    }

    /** What runs leave behind for the next: never under version control. */
    public Path target() {
        return root.resolve("iotests").resolve("target");
    }

    /** A path as a reader sees it: relative to the top of the project if it lies below. */
    public String shown(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        return absolute.startsWith(root) ? root.relativize(absolute).toString()
                : absolute.toString();
    }
}
