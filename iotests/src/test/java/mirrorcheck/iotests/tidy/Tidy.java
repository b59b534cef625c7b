// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Style that a machine can check, over the text of one file. */
final class Tidy {
    private static final int WIDEST = 100;
    private static final Pattern ENGINE_IMPORT =
            Pattern.compile("import (?:static )?mirrorcheck\\.engine\\.([a-z]+)\\..*");
    private static final Pattern FOREIGN_TO_ENGINE = Pattern.compile("import (static )?"
            + "(groovy|org\\.codehaus\\.groovy|mirrorcheck\\.(iotests|bench))\\..*");
    private static final Pattern ENGINE_ROOM =
            Pattern.compile("engine/src/main/java/mirrorcheck/engine/([a-z]+)/.*");

    /**
     * What each room of the engine may import beside itself; lower rooms never import upper ones.
     */
    private static final Map<String, Set<String>> ROOMS = Map.of(
            "host", Set.of(),
            "block", Set.of("host"),
            "bitmap", Set.of("host", "block"),
            "driver", Set.of("host", "block"),
            "nbd", Set.of("host", "block"),
            "job", Set.of("host", "block"),
            "mirror", Set.of("host", "block", "bitmap", "job"),
            "qmp", Set.of("host", "block", "bitmap", "job", "mirror", "driver", "nbd"));

    /** A line that no file of some kind may hold. */
    private record Ban(String what, Pattern line, Pattern files, Pattern exempt) {
        static Ban of(String what, String line, String files, String exempt) {
            return new Ban(what, Pattern.compile(line), Pattern.compile(files),
                    Pattern.compile(exempt));
        }
    }

    private static final String CODE = ".*\\.(java|groovy)";
    private static final String ANY = ".*";
    private static final String NONE = "";
    private static final String SCRIPTS_AND_TESTS = "iotests/tests/.*|.*/src/test/.*";

    private static final List<Ban> BANS = List.of(
            Ban.of("tab", "\t", ANY, ".*\\.tsv"),
            Ban.of("trailing blank", "[ \\t\\r]$", ANY, ".*\\.md"),
            Ban.of("path of one machine",
                    "/(home|root|Users|work)/[a-z]|/usr/lib/jvm/[a-z0-9]", ANY, NONE),
            Ban.of("leftover", "\\b(TODO|FIXME|XXX)\\b", SCRIPTS_AND_TESTS, ".*/tidy/.*"),
            Ban.of("random without a seed",
                    "new (Secure)?Random\\(\\)|Math[.]random|ThreadLocalRandom|randomUUID",
                    CODE, ".*/tidy/.*"),
            Ban.of("sleep", "[.]sleep\\(|\\bsleep [0-9]", CODE, ".*/tidy/.*|.*/host/.*"),
            Ban.of("wall clock outside host",
                    "currentTimeMillis|System[.]nanoTime|[.]now\\(\\)|new Date\\(\\)",
                    CODE, ".*/tidy/.*|.*/host/.*|bench/.*"));

    private Tidy() {
    }

    /**
     * Everything untidy in a file, each {@code path:line: what}.
     *
     * @param path relative to the top of the project, with slashes
     */
    static List<String> problems(String path, String text) {
        List<String> problems = new ArrayList<>();
        boolean textBlock = false;
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            for (String what : inLine(path, line, textBlock)) {
                problems.add(path + ":" + number + ": " + what);
            }
            textBlock ^= line.split("\"\"\"", -1).length % 2 == 0;
        }
        if (needsLicence(path) && text.lines().limit(3).noneMatch(Tidy::isLicence)) {
            problems.add(path + ":1: SPDX line missing");
        }
        if (!text.isEmpty() && !text.endsWith("\n")) {
            problems.add(path + ":" + number + ": newline missing at the end");
        }
        return problems;
    }

    private static List<String> inLine(String path, String line, boolean textBlock) {
        List<String> problems = new ArrayList<>();
        if (isCode(path, line) && line.length() > WIDEST && !textBlock
                && !line.contains("\"\"\"")) {
            problems.add(line.length() + " columns, at most " + WIDEST);
        }
        for (Ban ban : BANS) {
            boolean here = ban.files.matcher(path).matches() && !ban.exempt.matcher(path).matches();
            if (here && ban.line.matcher(line).find()) {
                problems.add(ban.what);
            }
        }
        if (line.startsWith("import ")) {
            problems.addAll(imports(path, line));
        }
        return problems;
    }

    private static List<String> imports(String path, String line) {
        List<String> problems = new ArrayList<>();
        boolean engine = path.startsWith("engine/");
        if (engine && FOREIGN_TO_ENGINE.matcher(line).matches()
                || path.startsWith("iotests/") && line.contains(" mirrorcheck.bench.")) {
            problems.add("import against the dependency direction: " + line);
        }
        Matcher room = ENGINE_ROOM.matcher(path);
        Matcher imported = ENGINE_IMPORT.matcher(line);
        if (room.matches() && imported.matches() && !mayImport(room.group(1), imported.group(1))) {
            problems.add(room.group(1) + " imports " + imported.group(1)
                    + ", a room that is not below it");
        }
        return problems;
    }

    private static boolean mayImport(String room, String other) {
        return room.equals(other) || ROOMS.getOrDefault(room, Set.of()).contains(other);
    }

    private static boolean isCode(String path, String line) {
        return path.matches(CODE)
                && !line.matches("\\s*(//|\\*|/\\*).*");
    }

    private static boolean needsLicence(String path) {
        return path.matches(".*\\.(java|groovy|xml|sh)|iotests/(check|new)|\\.ci/[a-z]+");
    }

    private static boolean isLicence(String line) {
        return line.contains("SPDX-License-Identifier: Apache-2.0");
    }
}
