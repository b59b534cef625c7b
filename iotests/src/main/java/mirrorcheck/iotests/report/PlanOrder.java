// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Hands on finished tests in the order of the plan, however they ended, so that files stay the same
 * from run to run.
 */
final class PlanOrder {
    private final Map<TestId, TestResult> waiting = new HashMap<>();
    private List<TestId> plan = List.of();
    private int next;

    void begin(List<TestId> tests) {
        plan = tests;
    }

    /** Adds a finished test; returns those whose turn has come. */
    List<TestResult> add(TestResult result) {
        waiting.put(result.id(), result);
        List<TestResult> ready = new ArrayList<>();
        while (next < plan.size() && waiting.containsKey(plan.get(next))) {
            ready.add(waiting.remove(plan.get(next++)));
        }
        return ready;
    }

    /** The finished tests that still wait for one that never ended, in the order of the plan. */
    List<TestResult> rest() {
        return plan.stream().filter(waiting::containsKey).map(waiting::get).toList();
    }
}
