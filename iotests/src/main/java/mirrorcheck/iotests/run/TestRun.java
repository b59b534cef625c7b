// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.host.Clock;
import mirrorcheck.iotests.judge.ContractViolation;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.judge.Level;
import mirrorcheck.iotests.judge.Rule;
import mirrorcheck.iotests.judge.Skipped;
import mirrorcheck.iotests.report.CaseResult;
import mirrorcheck.iotests.report.Outcome;

/**
 * One running test: keeps its cases, transcript and resources.
 *
 * <p>What a script does before its first section, or outside its cases if it has no section,
 * belongs to a case of its own, {@link #OUTSIDE}, which is reported only if something speaks
 * against it or if there is no other case; then it is called {@link #WHOLE}. Safe for use from the
 * script's thread and the one that watches it; once {@link #end} was called every word of the
 * script fails.
 */
final class TestRun implements TestContext {
    static final String OUTSIDE = "outside any case";
    static final String WHOLE = "whole script";
    /** What a hang breaks, if the contract has such a rule: what is begun must end. */
    private static final String LIVE = "LIVE-1";

    private final PlannedTest test;
    private final RunSettings settings;
    private final Path scratch;
    private final Transcript transcript;
    private final Watchdog watchdog;
    private final Consumer<CaseResult> listener;
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final List<CaseResult> finished = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final CaseRecord outside;
    private CaseRecord section;
    private CaseRecord inner;
    private boolean ended;

    /** A test about to run; {@code listener} hears of each case as it ends. */
    TestRun(PlannedTest test, RunSettings settings, Path scratch, String golden, Watchdog watchdog,
            Consumer<CaseResult> listener) {
        this.test = test;
        this.settings = settings;
        this.scratch = scratch;
        this.transcript = new Transcript(golden);
        this.watchdog = watchdog;
        this.listener = listener;
        this.outside = new CaseRecord(OUTSIDE, clock().nanos());
    }

    @Override
    public String testName() {
        return test.script().name();
    }

    @Override
    public Path scratch() {
        return scratch;
    }

    @Override
    public Adapter adapter() {
        return settings.adapter();
    }

    @Override
    public String sourceFormat() {
        return test.id().sourceFormat();
    }

    @Override
    public String targetFormat() {
        return test.id().targetFormat();
    }

    @Override
    public long seed() {
        return settings.seed();
    }

    @Override
    public int histories() {
        return settings.histories();
    }

    @Override
    public long timeoutNanos() {
        return settings.timeoutNanos();
    }

    @Override
    public boolean counts(String rule) {
        return binds(rule(rule)) && settings.known().reason(rule, testName()).isEmpty();
    }

    @Override
    public synchronized void note(String line) {
        notes.add(line);
    }

    @Override
    public synchronized void about(Map<String, String> about) {
        mustRun();
        for (String key : about.keySet()) {
            if (!About.KEYS.contains(key)) {
                throw new HarnessError("about: unknown key '" + key + "'"
                        + Suggest.didYouMean(key, About.KEYS));
            }
        }
        String difference = test.script().about().difference(about);
        if (!difference.isEmpty()) {
            throw new HarnessError(difference);
        }
        List<String> unmet = Needs.unmet(test.script().about(), adapter(), settings.host().get(),
                test.id());
        if (!unmet.isEmpty()) {
            throw new Skipped(unmet);
        }
    }

    @Override
    public synchronized void section(String title) {
        mustRun();
        step();
        if (inner != null) {
            throw new HarnessError("section '" + title + "': inside the case '" + inner.name + "'");
        }
        finishOuter();
        section = new CaseRecord(title, clock().nanos());
        if (!transcript.isEmpty()) {
            write("");
        }
        write("== " + title + " ==");
    }

    @Override
    public synchronized void beginCase(String name) {
        mustRun();
        step();
        if (inner != null) {
            throw new HarnessError("case '" + name + "': inside the case '" + inner.name + "'");
        }
        String full = section == null ? name : section.name + " / " + name;
        inner = new CaseRecord(full, clock().nanos());
    }

    @Override
    public synchronized void endCase() {
        mustRun();
        step();
        if (inner == null) {
            throw new HarnessError("case: ended, but none had begun");
        }
        finish(inner);
        inner = null;
    }

    @Override
    public synchronized void fact(String line) {
        mustRun();
        step();
        write(line);
    }

    private void write(String line) {
        String difference = transcript.add(line);
        if (!difference.isEmpty()) {
            current().blame(Outcome.FAILED, difference);
        }
    }

    @Override
    public synchronized void violation(ContractViolation violation) {
        mustRun();
        Rule rule = rule(violation.rule());
        if (rule.level() == Level.MAY) {
            throw new HarnessError("rule " + rule.id()
                    + ": of level MAY: nothing may fail because of it");
        }
        if (!binds(rule)) {
            return;
        }
        Optional<String> known = settings.known().reason(rule.id(), testName());
        if (known.isPresent()) {
            current().knownToViolate(rule.id(), known.get());
        } else {
            current().violated(violation);
        }
    }

    private Rule rule(String id) {
        Rule rule = settings.contract().rules().get(id);
        if (rule == null) {
            throw new HarnessError("rule " + id + ": not in iotests/CONTRACT.md"
                    + Suggest.didYouMean(id, settings.contract().rules().keySet()));
        }
        return rule;
    }

    private boolean binds(Rule rule) {
        return rule.level() != Level.COMPAT
                || adapter().capabilities().contains(Capability.COMPAT);
    }

    @Override
    public synchronized void skipCase(List<String> reasons) {
        mustRun();
        current().skip(reasons);
        transcript.stopComparing();
    }

    @Override
    public synchronized List<ContractViolation> violations() {
        return List.copyOf(current().violations);
    }

    @Override
    public synchronized boolean isBroken() {
        return current().isBroken();
    }

    @Override
    public void progress() {
        watchdog.progress();
    }

    @Override
    public void step() {
        watchdog.step();
    }

    @Override
    public void onEnd(AutoCloseable resource) {
        synchronized (this) {
            if (!ended) {
                resources.push(resource);
                return;
            }
        }
        close(resource);
        throw mustRunError();
    }

    /** The transcript so far. */
    synchronized String transcript() {
        return transcript.toString();
    }

    /** The cases so far; after {@link #end} at least one. */
    synchronized List<CaseResult> cases() {
        return List.copyOf(finished);
    }

    /** What {@link #note} was told so far. */
    synchronized List<String> notes() {
        return List.copyOf(notes);
    }

    /** Notes that the current case failed or errored. */
    synchronized void blame(Outcome outcome, String why) {
        if (!ended) {
            current().blame(outcome, why);
        }
    }

    /** Notes that the current case hung. */
    synchronized void hung(String why) {
        if (!ended) {
            current().hung(why);
            if (settings.contract().rules().containsKey(LIVE)) {
                violation(new ContractViolation(LIVE, testName(), "no progress", "an end"));
            }
        }
    }

    /** Notes that the current case does not apply. */
    synchronized void skip(List<String> reasons) {
        if (!ended) {
            current().skip(reasons);
        }
    }

    /**
     * Ends the test: finishes the open cases, and, if the script came to its end, compares the end
     * of the transcript. Only the first call does anything.
     */
    synchronized void end(boolean complete) {
        if (ended) {
            return;
        }
        if (complete && inner != null) {
            inner.blame(Outcome.ERRORED, "case '" + inner.name + "': never ended");
        }
        String difference = complete ? transcript.end() : "";
        if (!difference.isEmpty()) {
            current().blame(Outcome.FAILED, difference);
        }
        ended = true;
        if (inner != null) {
            finish(inner);
        }
        finishOuter();
    }

    /**
     * Closes the resources, last registered first; returns what went wrong, one line each. Each is
     * closed once.
     */
    List<String> closeAll() {
        List<String> problems = new ArrayList<>();
        while (true) {
            AutoCloseable resource;
            synchronized (this) {
                resource = resources.poll();
            }
            if (resource == null) {
                return problems;
            }
            close(resource).ifPresent(problems::add);
        }
    }

    private static Optional<String> close(AutoCloseable resource) {
        try {
            resource.close();
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("closing " + resource.getClass().getSimpleName() + ": interrupted");
        } catch (Exception e) {
            return Optional.of("closing " + resource.getClass().getSimpleName() + ": "
                    + e.getMessage());
        }
    }

    private CaseRecord current() {
        return inner != null ? inner : section != null ? section : outside;
    }

    private void finishOuter() {
        if (section != null) {
            finish(section);
        } else if (!outside.isClean() || ended && finished.isEmpty()) {
            finish(finished.isEmpty() && ended ? outside.named(WHOLE) : outside);
        }
        section = null;
    }

    private void finish(CaseRecord record) {
        CaseResult result = record.result(clock().nanos());
        finished.add(result);
        listener.accept(result);
    }

    private Clock clock() {
        return settings.clock();
    }

    private void mustRun() {
        if (ended) {
            throw mustRunError();
        }
    }

    private HarnessError mustRunError() {
        return new HarnessError(testName() + ": the test has ended");
    }
}
