// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.report.TestId;

/**
 * What a command line chose.
 *
 * @param plan     what is to run, in the order of formats and names
 * @param problems what is wrong with scripts and goldens in its reach, one line each
 */
record Selection(List<PlannedTest> plan, List<String> problems) {
    /**
     * Chooses by names, groups, formats and shard.
     *
     * @param here the directory that paths on the command line are relative to
     * @throws HarnessError if a name is unknown, or not that of a single test when goldens are to
     *         be blessed
     */
    static Selection of(SuiteTree tree, Discovery found, Options options, String adapter,
            Path here) {
        List<String> problems = new ArrayList<>();
        Set<String> chosen = new LinkedHashSet<>(options.names.isEmpty() ? found.names()
                : List.of());
        for (String name : options.names) {
            List<String> matches = matches(tree, found.names(), name, here);
            boolean single = matches.size() == 1
                    && name.replaceFirst("\\.groovy$", "").endsWith(matches.getFirst());
            if (options.bless && !single) {
                throw new HarnessError("--bless " + name + ": name single tests; it holds "
                        + String.join(", ", matches));
            }
            chosen.addAll(matches);
        }
        found.broken().forEach((name, message) -> {
            if (chosen.contains(name)) {
                problems.add(message);
            }
        });
        if (options.names.isEmpty()) {
            found.orphans().forEach(golden -> problems.add(tree.shown(golden)
                    + ": golden without a script"));
        }
        List<PlannedTest> plan = new ArrayList<>();
        int index = 0;
        for (String format : options.formats()) {
            for (TestScript script : found.scripts()) {
                if (chosen.contains(script.name()) && inGroups(script, options)
                        && options.inShard(index++)) {
                    plan.add(new PlannedTest(script, new TestId(script.name(), adapter,
                            TestId.format(format, options.target))));
                }
            }
        }
        return new Selection(plan, problems);
    }

    /** Those of {@code names} that were not chosen. */
    List<String> left(List<String> names) {
        List<String> chosen = plan.stream().map(test -> test.script().name()).toList();
        return names.stream().filter(name -> !chosen.contains(name)).toList();
    }

    private static boolean inGroups(TestScript script, Options options) {
        List<String> groups = script.about().groups();
        boolean included = options.groups.isEmpty() || options.groups.stream()
                .anyMatch(groups::contains);
        return included && options.excluded.stream().noneMatch(groups::contains);
    }

    private static List<String> matches(SuiteTree tree, List<String> names, String argument,
            Path here) {
        String name = name(tree, argument, here);
        List<String> matches = names.stream()
                .filter(one -> one.equals(name) || name.isEmpty() || one.startsWith(name + "/"))
                .toList();
        if (matches.isEmpty()) {
            throw new HarnessError(argument + ": no such test" + Suggest.didYouMean(name, names)
                    + "; iotests/check -n lists them");
        }
        return matches;
    }

    /** The name that an argument stands for: a name already, or a path to a script or folder. */
    private static String name(SuiteTree tree, String argument, Path here) {
        String name = argument.replaceFirst("/+$", "").replaceFirst("\\.groovy$", "")
                .replaceFirst("^(\\./)?(iotests/)?tests(/|$)", "");
        Path path = here.resolve(argument).toAbsolutePath().normalize();
        if (path.startsWith(tree.tests()) && java.nio.file.Files.exists(path)) {
            name = tree.tests().relativize(path).toString().replaceFirst("\\.groovy$", "");
        }
        return name;
    }
}
