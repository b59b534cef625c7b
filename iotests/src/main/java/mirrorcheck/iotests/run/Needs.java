// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.host.HostFacts;
import mirrorcheck.iotests.host.HostWord;
import mirrorcheck.iotests.judge.Contract;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.report.TestId;

/**
 * Checks the words of {@code about}: whether they exist, and whether adapter, host and format offer
 * them.
 */
public final class Needs {
    /** Formats of images that exist. */
    public static final List<String> FORMATS = List.of("raw", "qcow2");

    private Needs() {
    }

    /** Every word that {@code about needs:} may hold. */
    public static List<String> words() {
        List<String> words = new ArrayList<>(HostWord.words());
        Arrays.stream(Capability.values()).map(Capability::word).forEach(words::add);
        return words;
    }

    /**
     * Checks that every group, rule, capability and format exists.
     *
     * @throws HarnessError naming script, line, key, word and what was probably meant
     */
    public static void check(String file, About about, Contract contract) {
        check(file, about, "groups", "group", Group.words());
        check(file, about, "rules", "rule", List.copyOf(contract.rules().keySet()));
        check(file, about, "needs", "capability", words());
        check(file, about, "source", "format", FORMATS);
        check(file, about, "target", "format", FORMATS);
        for (String key : List.of("groups", "rules")) {
            if (about.texts(key).isEmpty()) {
                throw new HarnessError(file + ": about: " + key + " missing");
            }
        }
    }

    private static void check(String file, About about, String key, String what,
            List<String> known) {
        for (About.Word word : about.values().getOrDefault(key, List.of())) {
            if (!known.contains(word.text())) {
                throw new HarnessError(file + ":" + word.line() + ": about " + key + ": unknown "
                        + what + " '" + word.text() + "'" + Suggest.didYouMean(word.text(), known));
            }
        }
    }

    /** Every reason why a script does not apply; empty if it does. */
    public static List<String> unmet(About about, Adapter adapter, HostFacts host, TestId id) {
        List<String> reasons = new ArrayList<>();
        if (!about.source().contains(id.sourceFormat())) {
            reasons.add("source format " + id.sourceFormat() + ": the script runs with "
                    + String.join(", ", about.source()));
        }
        if (!about.target().contains(id.targetFormat())) {
            reasons.add("target format " + id.targetFormat() + ": the script runs with "
                    + String.join(", ", about.target()));
        }
        if (!id.format().equals("raw")
                && !adapter.capabilities().contains(Capability.QCOW2)) {
            reasons.add("format " + id.format() + ": adapter " + adapter.name()
                    + " has no driver for it");
        }
        for (String need : about.needs()) {
            HostWord.of(need).filter(host.missing()::containsKey)
                    .ifPresent(word -> reasons.add(need + ": " + host.missing().get(word)));
            Capability.of(need).filter(capability -> !adapter.capabilities().contains(capability))
                    .ifPresent(capability -> reasons.add(need + ": adapter " + adapter.name()
                            + " does not offer it"));
        }
        return reasons;
    }
}
