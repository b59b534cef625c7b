// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.judge.ContractViolation;
import mirrorcheck.iotests.run.TestContext;

/**
 * What the words of one history may touch: a directory of its own within that of the test, and a
 * list of what it broke. Its facts are of no interest. Safe for use from any thread.
 */
final class HistoryContext implements TestContext {
    private final TestContext test;
    private final Path scratch;
    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong signs = new AtomicLong();
    private final List<ContractViolation> violations = new ArrayList<>();
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    HistoryContext(TestContext test, Path scratch) {
        this.test = test;
        this.scratch = scratch;
    }

    /** How many steps have begun. */
    long steps() {
        return steps.get();
    }

    /** How many signs of life there were so far. */
    long signs() {
        return signs.get();
    }

    /** Closes what the history used, last registered first; what goes wrong is of no interest. */
    void close() {
        for (AutoCloseable one = next(); one != null; one = next()) {
            try {
                one.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                // The images are thrown away with the directory they lie in.
            }
        }
    }

    private AutoCloseable next() {
        synchronized (resources) {
            return resources.poll();
        }
    }

    @Override
    public String testName() {
        return test.testName();
    }

    @Override
    public Path scratch() {
        return scratch;
    }

    @Override
    public Adapter adapter() {
        return test.adapter();
    }

    @Override
    public String sourceFormat() {
        return test.sourceFormat();
    }

    @Override
    public String targetFormat() {
        return test.targetFormat();
    }

    @Override
    public long seed() {
        return test.seed();
    }

    @Override
    public int histories() {
        return test.histories();
    }

    @Override
    public long timeoutNanos() {
        return test.timeoutNanos();
    }

    @Override
    public boolean counts(String rule) {
        return test.counts(rule);
    }

    @Override
    public void about(Map<String, String> about) {
        // The script that plays the history has said what it is about.
    }

    @Override
    public void section(String title) {
        throw new UnsupportedOperationException("section: not in a history");
    }

    @Override
    public void beginCase(String name) {
        throw new UnsupportedOperationException("case: not in a history");
    }

    @Override
    public void endCase() {
        throw new UnsupportedOperationException("case: not in a history");
    }

    @Override
    public void skipCase(List<String> reasons) {
        throw new UnsupportedOperationException("case: not in a history");
    }

    @Override
    public void fact(String line) {
        progress();
    }

    @Override
    public void note(String line) {
        progress();
    }

    @Override
    public void violation(ContractViolation violation) {
        synchronized (violations) {
            violations.add(violation);
        }
    }

    @Override
    public List<ContractViolation> violations() {
        synchronized (violations) {
            return List.copyOf(violations);
        }
    }

    @Override
    public boolean isBroken() {
        return !violations().isEmpty();
    }

    @Override
    public void progress() {
        signs.incrementAndGet();
        test.progress();
    }

    @Override
    public void step() {
        steps.incrementAndGet();
        progress();
    }

    @Override
    public void onEnd(AutoCloseable resource) {
        synchronized (resources) {
            resources.push(resource);
        }
    }
}
