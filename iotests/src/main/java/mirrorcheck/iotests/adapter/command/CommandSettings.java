// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.command;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import mirrorcheck.iotests.adapter.AdapterFile;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.run.Suggest;

/**
 * What an {@code adapter.json} of type {@code command} says of a program that copies.
 *
 * @param folder       where the file lies, absolute
 * @param argv         the program and its arguments, with placeholders
 * @param capabilities what it claims; {@code copy} always
 */
public record CommandSettings(Path folder, List<String> argv, Set<Capability> capabilities) {
    private static final List<String> KEYS = List.of("type", "argv", "capabilities",
            "description");
    /** What a program can claim that is started, copies and ends. */
    private static final Set<Capability> POSSIBLE = EnumSet.of(Capability.COPY, Capability.SPARSE,
            Capability.REQUESTS, Capability.GATES);
    /** What only the suite's own ends can show. */
    private static final Set<Capability> OF_ENDS =
            EnumSet.of(Capability.REQUESTS, Capability.GATES);

    /** Keeps copies. */
    public CommandSettings {
        argv = List.copyOf(argv);
        capabilities = Set.copyOf(capabilities);
    }

    /**
     * Takes them from a file.
     *
     * @throws HarnessError if something is wrong, naming file, key and value and what was probably
     *         meant
     */
    public static CommandSettings of(AdapterFile file) {
        file.checkKeys(KEYS);
        List<String> argv = file.argv();
        checkPlaceholders(file, argv);
        mustHave(file, argv, Placeholder.SOURCE, Placeholder.SOURCE_PATH);
        mustHave(file, argv, Placeholder.TARGET, Placeholder.TARGET_PATH);
        return new CommandSettings(file.folder(), argv, capabilities(file, argv));
    }

    /** The words of its capabilities, sorted. */
    public String capabilityWords() {
        return capabilities.stream().map(Capability::word).sorted()
                .collect(Collectors.joining(" "));
    }

    private static void checkPlaceholders(AdapterFile file, List<String> argv) {
        for (int i = 0; i < argv.size(); i++) {
            Matcher looks = Placeholder.LOOK.matcher(argv.get(i));
            while (looks.find()) {
                if (!Placeholder.texts().contains(looks.group())) {
                    throw file.wrong("argv[" + i + "]", "'" + looks.group()
                            + "': unknown placeholder"
                            + Suggest.didYouMean(looks.group(), Placeholder.texts())
                            + "; there are: " + String.join(", ", Placeholder.texts()));
                }
            }
        }
    }

    private static void mustHave(AdapterFile file, List<String> argv, Placeholder uri,
            Placeholder path) {
        if (!uri.isIn(argv) && !path.isIn(argv)) {
            throw file.wrong("argv", "placeholder missing: give " + uri.text()
                    + " for an NBD URI or " + path.text() + " for a raw file");
        }
        if (uri.isIn(argv) && path.isIn(argv)) {
            throw file.wrong("argv", uri.text() + " and " + path.text()
                    + ": give one of them, not both");
        }
    }

    private static Set<Capability> capabilities(AdapterFile file, List<String> argv) {
        Set<Capability> claimed = file.capabilities("capabilities", POSSIBLE, "a command");
        claimed.add(Capability.COPY);
        boolean ends = Placeholder.SOURCE.isIn(argv) && Placeholder.TARGET.isIn(argv);
        for (Capability capability : OF_ENDS) {
            if (claimed.contains(capability) && !ends) {
                throw file.wrong("capabilities", "'" + capability.word()
                        + "': needs both {source} and {target}: "
                        + "who opens files by their paths sends no requests to the suite");
            }
        }
        return claimed;
    }
}
