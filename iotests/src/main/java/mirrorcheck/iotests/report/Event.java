// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

import java.util.List;
import java.util.Map;
import mirrorcheck.iotests.judge.Rule;

/** What a run tells its reports, in the order it happens; the tests of a run overlap. */
public sealed interface Event {
    /**
     * The run begins.
     *
     * @param plan    every test that will be reported, in the order of the plan
     * @param rules   the contract, by id
     * @param scratch where tests keep their files
     * @param host    what the host cannot do, one line each
     */
    record RunStarted(String adapter, List<TestId> plan, int jobs, long seed, String scratch,
            List<String> host, Map<String, Rule> rules) implements Event {
    }

    /** A test begins. */
    record TestStarted(TestId test) implements Event {
    }

    /** A case of a test that runs has ended. */
    record CaseFinished(TestId test, CaseResult result) implements Event {
    }

    /** A test has ended; its result repeats its cases. */
    record TestFinished(TestResult result) implements Event {
    }

    /**
     * The run has ended.
     *
     * @param millis      wall time from the start of the program, the start of the JVM included
     * @param lastMillis  the same of the last run of the same plan, or -1
     * @param interrupted whether it was stopped before its end
     * @param problems    what is wrong with the set-up, one line each
     */
    record RunFinished(long millis, long lastMillis, boolean interrupted, List<String> problems)
            implements Event {
    }
}
