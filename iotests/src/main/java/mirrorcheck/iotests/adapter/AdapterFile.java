// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.run.Suggest;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An {@code adapter.json}: what all types of it have in common. Every complaint names file, key and
 * value, and what was probably meant.
 */
public final class AdapterFile {
    /** Name of the file in an adapter's folder. */
    public static final String NAME = "adapter.json";

    private static final List<String> TYPES = List.of("command", "qmp");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final Path folder;
    private final String shown;
    private final JsonNode top;

    private AdapterFile(Path folder, String shown) {
        this.folder = folder;
        this.shown = shown;
        this.top = parse(folder.resolve(NAME));
    }

    /**
     * Reads a folder's file, as far as its type.
     *
     * @param shown the file as messages name it
     * @throws HarnessError if it is missing, not JSON, or of no type
     */
    public static AdapterFile read(Path folder, String shown) {
        AdapterFile file = new AdapterFile(folder.toAbsolutePath().normalize(), shown);
        if (!file.top.isObject()) {
            throw file.wrong("", "must be an object: {\"type\": \"command\", \"argv\": [...]}");
        }
        if (!TYPES.contains(file.type())) {
            throw file.wrong("type", (file.has("type") ? file.top.get("type") + ": " : "missing: ")
                    + "must be \"" + String.join("\" or \"", TYPES) + "\"");
        }
        return file;
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

    /** Where the file lies, absolute. */
    public Path folder() {
        return folder;
    }

    /** {@code command} or {@code qmp}. */
    public String type() {
        return top.path("type").asString("");
    }

    /** Whether there is such a key. */
    public boolean has(String key) {
        return top.has(key);
    }

    /**
     * Refuses keys that the type does not have.
     *
     * @throws HarnessError if there is one, or the description is no text
     */
    public void checkKeys(List<String> keys) {
        for (String key : top.propertyNames()) {
            if (!keys.contains(key)) {
                throw wrong(key, "unknown key" + Suggest.didYouMean(key, keys)
                        + "; there are: " + String.join(", ", keys));
            }
        }
        if (has("description") && !top.get("description").isString()) {
            throw wrong("description", top.get("description") + ": must be text");
        }
    }

    /**
     * The command, word by word.
     *
     * @throws HarnessError if it is missing, empty, or no list of texts
     */
    public List<String> argv() {
        if (!has("argv")) {
            throw wrong("argv", "missing: a list of texts");
        }
        List<String> argv = texts("argv");
        if (argv.isEmpty() || argv.getFirst().isBlank()) {
            throw wrong("argv", argv.isEmpty() ? "empty: begin with the program"
                    : "[0]: blank: must be the program");
        }
        return argv;
    }

    /**
     * The capabilities under a key; none if it is missing.
     *
     * @param possible what may stand there
     * @param who      that can have no others, for messages: {@code a command}
     * @throws HarnessError for any other word
     */
    public Set<Capability> capabilities(String key, Set<Capability> possible, String who) {
        Set<Capability> found = EnumSet.noneOf(Capability.class);
        List<String> words = possible.stream().map(Capability::word).toList();
        for (String word : texts(key)) {
            found.add(Capability.of(word).filter(possible::contains)
                    .orElseThrow(() -> wrong(key, "'" + word + "': not one that " + who
                            + " can have" + Suggest.didYouMean(word, words)
                            + "; there are: " + String.join(", ", words))));
        }
        return found;
    }

    private List<String> texts(String key) {
        JsonNode list = top.path(key);
        List<String> texts = new ArrayList<>();
        if (!list.isMissingNode() && !list.isArray()) {
            throw wrong(key, list + ": must be a list of texts, one for each word of the "
                    + "command: no shell takes it apart");
        }
        for (JsonNode one : list) {
            if (!one.isString()) {
                throw wrong(key + "[" + texts.size() + "]", one + ": must be text");
            }
            texts.add(one.asString());
        }
        return texts;
    }

    /** A complaint about a key, or about the whole file if {@code key} is empty. */
    public HarnessError wrong(String key, String what) {
        return new HarnessError(shown + ": " + (key.isEmpty() ? "" : key + ": ") + what);
    }
}
