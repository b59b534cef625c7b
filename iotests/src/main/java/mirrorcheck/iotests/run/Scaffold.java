// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import mirrorcheck.iotests.judge.HarnessError;

/** Writes a new script, whose comments are the manual, and its empty golden. */
final class Scaffold {
    private static final Pattern NAME =
            Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*(/[a-z][a-z0-9]*(-[a-z0-9]+)*)+");
    private static final String TEMPLATE = "new-test.groovy.txt";
    /** Columns that words take in the comment. */
    private static final int WIDTH = 80;

    private Scaffold() {
    }

    /**
     * Writes {@code iotests/tests/NAME.groovy} and {@code golden-outputs/NAME.out}.
     *
     * @return what was written and what to do next, line by line
     * @throws HarnessError if the name is bad or one of the files is there; nothing was changed
     */
    static List<String> create(SuiteTree tree, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new HarnessError("new " + name
                    + ": bad name: write FOLDER/NAME of a-z, 0-9 and single dashes, such as "
                    + "copy/mirror-tail");
        }
        Path script = tree.tests().resolve(name + ".groovy");
        Path golden = tree.goldens().resolve(name + Golden.ENDING);
        for (Path file : List.of(script, golden)) {
            if (Files.exists(file)) {
                throw new HarnessError("new " + name + ": " + tree.shown(file)
                        + " is there already");
            }
        }
        try {
            write(script, template());
            write(golden, "");
        } catch (FileAlreadyExistsException e) {
            throw new HarnessError("new " + name + ": " + tree.shown(Path.of(e.getFile()))
                    + " is there already", e);
        } catch (IOException e) {
            throw new HarnessError("new " + name + ": cannot be written: " + e.getMessage(), e);
        }
        return List.of("wrote " + tree.shown(script) + " and " + tree.shown(golden),
                "next: edit the script; iotests/check " + name + "; read " + tree.shown(golden)
                + ".actual; "
                        + "iotests/check --bless " + name);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static String template() {
        try (InputStream in = Scaffold.class.getResourceAsStream(TEMPLATE)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.replace("@GROUPS@", wrapped(Group.words()))
                    .replace("@NEEDS@", wrapped(Needs.words()));
        } catch (IOException e) {
            throw new UncheckedIOException("template " + TEMPLATE, e);
        }
    }

    /** Words in comment lines of their own, after the line that introduces them. */
    private static String wrapped(List<String> words) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : words) {
            if (line.length() + word.length() > WIDTH) {
                lines.add(line.toString().stripTrailing());
                line.setLength(0);
            }
            line.append(word).append(' ');
        }
        lines.add(line.toString().strip());
        return String.join("\n//           ", lines);
    }
}
