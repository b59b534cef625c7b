// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mirrorcheck.iotests.host.SmallDisk;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.run.Suggest;

/** The named arguments of one use of a word: each known, each of a type that QMP has. */
final class Options {
    private final String word;
    private final Map<String, Object> values = new LinkedHashMap<>();

    /**
     * Takes what a script wrote behind {@code word}; an option that is null is absent.
     *
     * @throws HarnessError if an option is not among {@code known}; names it, and the one it was
     * probably meant to be
     */
    Options(String word, Map<String, ?> given, Set<String> known) {
        this.word = word;
        given.forEach((name, value) -> {
            if (!known.contains(name)) {
                throw new HarnessError(word + ": unknown option '" + name + "'"
                        + Suggest.didYouMean(name, known)
                        + "; it takes " + (known.isEmpty() ? "none"
                        : String.join(", ", known.stream().sorted().toList())));
            }
            if (value != null) {
                values.put(name, plain(name, value));
            }
        });
    }

    private Object plain(String name, Object value) {
        return switch (value) {
            case Integer number -> number.longValue();
            case Long number -> number;
            case Boolean truth -> truth;
            case CharSequence text -> text.toString();
            case Image image -> image;
            case SmallDisk disk -> disk;
            default -> throw new HarnessError(word + ": " + name + ": " + value
                    + ": must be text, a number, a truth value, an image or a disk");
        };
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** The text behind {@code name}, one of {@code choices}; {@code absent} if it was not given. */
    String choice(String name, List<String> choices, String absent) {
        String value = text(name, absent);
        if (value != null && !choices.contains(value)) {
            throw new HarnessError(word + ": " + name + ": '" + value + "'"
                    + Suggest.didYouMean(value, choices)
                    + "; must be " + String.join(", ", choices));
        }
        return value;
    }

    String text(String name, String absent) {
        return of(String.class, "text", name, absent);
    }

    long number(String name, long absent) {
        return of(Long.class, "a number", name, absent);
    }

    /** The image behind {@code name}, or null. */
    Image image(String name) {
        return of(Image.class, "an image", name, null);
    }

    /** The disk behind {@code name}, or null. */
    SmallDisk disk(String name) {
        return of(SmallDisk.class, "a small disk", name, null);
    }

    boolean truth(String name, boolean absent) {
        return of(Boolean.class, "true or false", name, absent);
    }

    private <T> T of(Class<T> type, String what, String name, T absent) {
        Object value = values.getOrDefault(name, absent);
        if (value != null && !type.isInstance(value)) {
            throw new HarnessError(word + ": " + name + ": " + value + ": must be " + what);
        }
        return type.cast(value);
    }

    /** Those options that {@code names} has, in the order given. */
    Map<String, Object> only(Set<String> names) {
        Map<String, Object> some = new LinkedHashMap<>(values);
        some.keySet().retainAll(names);
        return some;
    }
}
