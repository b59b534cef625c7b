// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.judge.ContractViolation;

/**
 * What the words of a running script may touch: the line between the DSL and the runner.
 *
 * <p>Called from the thread that runs the script, except {@link #progress()} and {@link #step()},
 * which any thread may call.
 */
public interface TestContext {
    /**
     * Name of the test: its path below {@code iotests/tests} without ending, {@code
     * copy/mirror-sparse}.
     */
    String testName();

    /** The test's own empty directory, removed after a pass and kept after a failure. */
    Path scratch();

    /** The implementation under test. */
    Adapter adapter();

    /**
     * Format of source images, {@code raw} or {@code qcow2}: what {@code check -raw} or {@code
     * -qcow2} chose.
     */
    String sourceFormat();

    /** Format of target images, {@code raw} unless {@code check --target} says. */
    String targetFormat();

    /** The seed of everything random in this run; printed when a test fails. */
    long seed();

    /** How many random histories a script shall play; 0 if it is for the script to say. */
    int histories();

    /** How long a test may show no progress before it hangs, in nanoseconds. */
    long timeoutNanos();

    /**
     * Whether breaking a rule is held against the implementation: the rule binds it, and it is not
     * known to break it in this test.
     */
    boolean counts(String rule);

    /**
     * Checks that the {@code about} of the running script is what the runner read from its head.
     *
     * @throws mirrorcheck.iotests.judge.Skipped      if the adapter or host lacks what the script
     *         needs
     * @throws mirrorcheck.iotests.judge.HarnessError if a key, group, rule or capability is unknown
     */
    void about(Map<String, String> about);

    /**
     * Begins the next case, ending the one before; prints {@code == title ==} to the transcript.
     */
    void section(String title);

    /**
     * Begins a case that prints nothing by itself, for loops over many parameters; {@link
     * #endCase()} ends it. What follows it up to the next {@code section} belongs to the section's
     * case again.
     */
    void beginCase(String name);

    /** Ends the case that {@link #beginCase} began. */
    void endCase();

    /**
     * Adds one line to the transcript: {@code subject: fact}, ASCII, without anything that changes
     * from run to run.
     */
    void fact(String line);

    /**
     * Records that a rule is broken. The script goes on; the case fails whatever the golden says,
     * and cannot be blessed.
     */
    void violation(ContractViolation violation);

    /**
     * Ends the current case as skipped, with every reason. The rest of the transcript is not
     * compared with the golden, which tells of all cases.
     */
    void skipCase(List<String> reasons);

    /** Adds a line to what is printed below a test that failed. */
    void note(String line);

    /** Everything recorded by {@link #violation} so far in the current case. */
    List<ContractViolation> violations();

    /** Whether a rule was broken so far in the current case, be it known that it would be. */
    boolean isBroken();

    /**
     * Tells the watchdog that something happened: a request, an event, a state. A test that has
     * nothing else to show hangs too in the end, for a mirror may go round in circles.
     */
    void progress();

    /** Tells the watchdog that the test itself came further, as each section, case and fact does. */
    void step();

    /** Closes {@code resource} when the script ends in whatever way, last registered first. */
    void onEnd(AutoCloseable resource);
}
