// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Cuts a command line into options, by the rules of getopt_long: {@code --name value},
 * {@code --name=value}, any beginning of a name that is unique, single letters.
 */
public final class OptionScanner {
    /** An option that was found; {@code value} is null for one that takes none. */
    public record Option(String name, String value, String asWritten) {
    }

    private final List<String> withValue;
    private final List<String> withoutValue;
    private final Map<String, String> letters;

    /** Options by their names without dashes; {@code letters} are short forms of some. */
    public OptionScanner(List<String> withValue, List<String> withoutValue,
            Map<String, String> letters) {
        this.withValue = List.copyOf(withValue);
        this.withoutValue = List.copyOf(withoutValue);
        this.letters = Map.copyOf(letters);
    }

    /** The options, in their order. */
    public List<Option> scan(List<String> arguments) throws UsageException {
        List<Option> options = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith("--") && argument.length() > 2) {
                int equals = argument.indexOf('=');
                String name = longName(equals < 0 ? argument : argument.substring(0, equals));
                String value = equals < 0 ? null : argument.substring(equals + 1);
                if (withoutValue.contains(name)) {
                    if (value != null) {
                        throw new UsageException("option '--" + name
                                + "' doesn't allow an argument");
                    }
                } else if (value == null) {
                    if (++i == arguments.size()) {
                        throw new UsageException("option '--" + name
                                + "' requires an argument");
                    }
                    value = arguments.get(i);
                }
                options.add(new Option(name, value, equals < 0 && value != null
                        ? argument + " " + value : argument));
            } else if (argument.startsWith("-") && argument.length() > 1) {
                letters(argument, options);
            } else {
                throw new UsageException(argument + ": Unexpected argument");
            }
        }
        return options;
    }

    private void letters(String argument, List<Option> options) throws UsageException {
        for (String letter : argument.substring(1).split("")) {
            String name = letters.get(letter);
            if (name == null) {
                throw new UsageException("invalid option -- '" + letter + "'");
            }
            options.add(new Option(name, null, argument));
        }
    }

    private String longName(String written) throws UsageException {
        String wanted = written.substring(2);
        List<String> candidates = new ArrayList<>();
        for (List<String> names : List.of(withValue, withoutValue)) {
            if (names.contains(wanted)) {
                return wanted;
            }
            names.stream().filter(name -> name.startsWith(wanted)).forEach(candidates::add);
        }
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        if (candidates.isEmpty()) {
            throw new UsageException("unrecognized option '" + written + "'");
        }
        throw new UsageException("option '" + written + "' is ambiguous; possibilities: '--"
                + String.join("' '--", candidates) + "'");
    }
}
