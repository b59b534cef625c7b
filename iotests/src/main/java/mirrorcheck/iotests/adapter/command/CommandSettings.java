// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.run.Suggest;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code adapter.json} says of a program that copies.
 *
 * @param folder       where the file lies, absolute
 * @param argv         the program and its arguments, with placeholders
 * @param capabilities what it claims; {@code copy} always
 */
public record CommandSettings(Path folder, List<String> argv, Set<Capability> capabilities) {
    /** Name of the file in an adapter's folder. */
    public static final String FILE = "adapter.json";

    private static final String TYPE = "command";
    private static final List<String> KEYS = List.of("type", "argv", "capabilities",
            "description");
    /** What a program can claim that is started, copies and ends. */
    private static final Set<Capability> POSSIBLE = EnumSet.of(Capability.COPY, Capability.SPARSE,
            Capability.REQUESTS, Capability.GATES);
    /** What only the suite's own ends can show. */
    private static final Set<Capability> OF_ENDS =
            EnumSet.of(Capability.REQUESTS, Capability.GATES);
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /** Keeps copies. */
    public CommandSettings {
        argv = List.copyOf(argv);
        capabilities = Set.copyOf(capabilities);
    }

    /**
     * Reads a folder's {@code adapter.json}.
     *
     * @param shown the file as messages name it
     * @throws HarnessError if it is missing or wrong, naming file, key and value and what was
     *         probably meant
     */
    public static CommandSettings read(Path folder, String shown) {
        return new Reader(shown).read(folder.toAbsolutePath().normalize());
    }

    /** The words of its capabilities, sorted. */
    public String capabilityWords() {
        return capabilities.stream().map(Capability::word).sorted()
                .collect(Collectors.joining(" "));
    }

    private record Reader(String shown) {
        CommandSettings read(Path folder) {
            JsonNode top = parse(folder.resolve(FILE));
            if (!top.isObject()) {
                throw wrong("", "must be an object: {\"type\": \"command\", \"argv\": [...]}");
            }
            for (String key : top.propertyNames()) {
                if (!KEYS.contains(key)) {
                    throw wrong(key, "unknown key" + Suggest.didYouMean(key, KEYS)
                            + "; there are: " + String.join(", ", KEYS));
                }
            }
            if (!TYPE.equals(top.path("type").asString(""))) {
                throw wrong("type", (top.has("type") ? top.get("type") + ": " : "missing: ")
                        + "must be \"" + TYPE + "\"");
            }
            if (top.has("description") && !top.get("description").isString()) {
                throw wrong("description", top.get("description") + ": must be text");
            }
            List<String> argv = texts(top, "argv");
            checkArgv(argv);
            return new CommandSettings(folder, argv, capabilities(top, argv));
        }

        private JsonNode parse(Path file) {
            try {
                return JSON.readTree(Files.readString(file));
            } catch (JacksonException e) {
                throw new HarnessError(shown + ":" + Math.max(1, e.getLocation().getLineNr())
                        + ": not JSON: " + e.getOriginalMessage(), e);
            } catch (IOException e) {
                throw new HarnessError(shown + ": cannot be read: " + e, e);
            }
        }

        private List<String> texts(JsonNode top, String key) {
            JsonNode list = top.path(key);
            if (list.isMissingNode()) {
                throw wrong(key, "missing: a list of texts");
            }
            if (!list.isArray()) {
                throw wrong(key, list + ": must be a list of texts, one for each word of the "
                        + "command: no shell takes it apart");
            }
            List<String> texts = new ArrayList<>();
            for (JsonNode one : list) {
                if (!one.isString()) {
                    throw wrong(key + "[" + texts.size() + "]", one + ": must be text");
                }
                texts.add(one.asString());
            }
            return texts;
        }

        private void checkArgv(List<String> argv) {
            if (argv.isEmpty() || argv.getFirst().isBlank()) {
                throw wrong("argv", argv.isEmpty() ? "empty: begin with the program"
                        : "[0]: blank: must be the program");
            }
            for (int i = 0; i < argv.size(); i++) {
                Matcher looks = Placeholder.LOOK.matcher(argv.get(i));
                while (looks.find()) {
                    if (!Placeholder.texts().contains(looks.group())) {
                        throw wrong("argv[" + i + "]", "'" + looks.group()
                                + "': unknown placeholder"
                                + Suggest.didYouMean(looks.group(), Placeholder.texts())
                                + "; there are: " + String.join(", ", Placeholder.texts()));
                    }
                }
            }
            mustHave(argv, Placeholder.SOURCE, Placeholder.SOURCE_PATH);
            mustHave(argv, Placeholder.TARGET, Placeholder.TARGET_PATH);
        }

        private void mustHave(List<String> argv, Placeholder uri, Placeholder path) {
            if (!uri.isIn(argv) && !path.isIn(argv)) {
                throw wrong("argv", "placeholder missing: give " + uri.text()
                        + " for an NBD URI or " + path.text() + " for a raw file");
            }
            if (uri.isIn(argv) && path.isIn(argv)) {
                throw wrong("argv", uri.text() + " and " + path.text()
                        + ": give one of them, not both");
            }
        }

        private Set<Capability> capabilities(JsonNode top, List<String> argv) {
            Set<Capability> claimed = EnumSet.of(Capability.COPY);
            List<String> words = top.has("capabilities") ? texts(top, "capabilities") : List.of();
            List<String> possible = POSSIBLE.stream().map(Capability::word).toList();
            boolean ends = Placeholder.SOURCE.isIn(argv) && Placeholder.TARGET.isIn(argv);
            for (String word : words) {
                Capability capability = Capability.of(word).filter(POSSIBLE::contains)
                        .orElseThrow(() -> wrong("capabilities", "'" + word
                                + "': not one that a command can have"
                                + Suggest.didYouMean(word, possible)
                                + "; there are: " + String.join(", ", possible)));
                if (OF_ENDS.contains(capability) && !ends) {
                    throw wrong("capabilities", "'" + word + "': needs both {source} and {target}: "
                            + "who opens files by their paths sends no requests to the suite");
                }
                claimed.add(capability);
            }
            return claimed;
        }

        private HarnessError wrong(String key, String what) {
            return new HarnessError(shown + ": " + (key.isEmpty() ? "" : key + ": ") + what);
        }
    }
}
