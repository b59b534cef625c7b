// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.util.function.Supplier;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.host.Clock;
import mirrorcheck.iotests.host.HostFacts;
import mirrorcheck.iotests.judge.Contract;

/**
 * What all tests of a run share.
 *
 * @param tree          where goldens lie
 * @param contract      the rules
 * @param adapter       the implementation under test
 * @param host          what the scratch directory can do; may block until the probes have ended
 * @param scratch       where tests keep their files
 * @param loader        compiles scripts
 * @param clock         the time
 * @param jobs          how many tests run at once, at least 1
 * @param known         what the implementation is known to do wrong
 * @param seed          of everything random
 * @param histories     how many random histories a script plays; 0 if that is for the script to say
 * @param timeoutNanos  how long a test may show no sign of life
 * @param bless         whether transcripts become goldens instead of being compared
 * @param keep          whether scratch directories stay after a pass
 */
public record RunSettings(SuiteTree tree, Contract contract, Adapter adapter,
        Supplier<HostFacts> host, Scratch scratch, ScriptLoader loader, Clock clock, int jobs,
        KnownFailures known, long seed, int histories, long timeoutNanos, boolean bless,
        boolean keep) {
}
