// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.List;
import java.util.Locale;

/** Constants as users call them: in small letters, with hyphens, as in QMP. */
final class Words {
    private Words() {
    }

    /** How users call a constant. */
    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The constant called so.
     *
     * @param parameter what is set to it, for the error
     * @param kind      what it is, for the error
     * @param choice    two or more that may be meant
     * @throws IllegalArgumentException if none of them is
     */
    static <E extends Enum<E>> E parse(String parameter, String kind, String word,
            List<E> choice) {
        return choice.stream().filter(constant -> of(constant).equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(parameter + "=" + word
                        + ": no such " + kind + ": expected " + list(choice)));
    }

    private static String list(List<? extends Enum<?>> choice) {
        List<String> words = choice.stream().map(Words::of).toList();
        int last = words.size() - 1;
        return String.join(", ", words.subList(0, last)) + " or " + words.get(last);
    }
}
