// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mirrorcheck.iotests.adapter.ImplementationEnded;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.judge.ContractViolation;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.judge.Skipped;
import mirrorcheck.iotests.run.TestContext;

/**
 * What the words of one script share: its session, its images, the rules it tests and where its
 * facts go.
 */
final class Stage {
    private final TestContext context;
    private final Map<String, Image> images = new LinkedHashMap<>();
    private final Set<String> rules = new LinkedHashSet<>();
    private Session session;
    private List<String> captured;
    private int jobs;

    Stage(TestContext context) {
        this.context = context;
    }

    TestContext context() {
        return context;
    }

    /** The implementation, started when the first word needs it. */
    synchronized Session session() {
        if (session == null) {
            session = trying("adapter " + context.adapter().name(),
                    () -> context.adapter().open(context.scratch(), context::progress));
            context.onEnd(session);
        }
        return session;
    }

    /** An action of the harness that may fail on the host or in the implementation's set-up. */
    interface Attempt<T> {
        T run() throws IOException;
    }

    /** Runs what must work for the script to make sense; the failure names {@code subject}. */
    <T> T trying(String subject, Attempt<T> attempt) {
        T result = asking(subject, attempt);
        context.progress();
        return result;
    }

    /** The same for a question, whose answer is no sign that anything goes on. */
    <T> T asking(String subject, Attempt<T> attempt) {
        Session asked = current();
        try {
            return attempt.run();
        } catch (ImplementationEnded e) {
            throw died(subject, asked, e);
        } catch (IOException e) {
            throw failed(subject, asked, e);
        }
    }

    /**
     * What cannot be done once a rule is broken, such as to close an image that a lost request still
     * uses, is a consequence and no fault of the harness. The next case starts anew.
     */
    private synchronized RuntimeException failed(String subject, Session asked, IOException e) {
        if (!isCurrent(asked) || !context.isBroken()) {
            return new HarnessError(subject + ": " + e.getMessage(), e);
        }
        giveUp();
        context.note("after a rule was broken: " + subject + ": " + e.getMessage());
        return new Skipped(List.of("a rule was broken before"));
    }

    /**
     * The implementation ended by itself, which breaks a rule; what follows of the case makes no
     * sense. The next case starts another one.
     */
    private synchronized Skipped died(String subject, Session asked, ImplementationEnded death) {
        if (isCurrent(asked)) {
            giveUp();
            violation("SAFE-1", subject, death.getMessage(), "to live on");
        }
        return new Skipped(List.of("the implementation has ended"));
    }

    private synchronized Session current() {
        return session;
    }

    /**
     * Whether what was asked, or was only started by asking, is what the script has now: a guest on
     * a thread of its own may learn of a death when the next implementation is already there.
     */
    private boolean isCurrent(Session asked) {
        return session != null && (asked == null || asked == session);
    }

    private void giveUp() {
        session = null;
        images.clear();
    }

    /**
     * Returns if the implementation lives; else the case is over.
     *
     * @throws Skipped if it has ended, after that was recorded
     */
    void mustLive(String subject) {
        trying(subject, () -> {
            session().mustLive();
            return null;
        });
    }

    void about(Map<String, String> about) {
        context.about(about);
        rules.addAll(List.of(about.getOrDefault("rules", "").trim().split("\\s+")));
    }

    /** A job id no other job of this script has. */
    String nextJobId() {
        return "mirror" + jobs++;
    }

    Map<String, Image> images() {
        return images;
    }

    /**
     * The rule an expectation stands for: what {@code rule:} says, else the word's own.
     *
     * @throws HarnessError if the script's {@code about} does not name it
     */
    String rule(String word, Options options, String usual) {
        String rule = options.text("rule", usual);
        if (!rules.contains(rule)) {
            throw new HarnessError(word + ": rule " + rule + ": not among the rules of about: "
                    + String.join(" ", rules) + "; add it there, or give rule:");
        }
        return rule;
    }

    /** Whether the script's {@code about} names a rule. */
    boolean tests(String rule) {
        return rules.contains(rule);
    }

    /** Tells a fact: to the transcript, or to the case that is running. */
    void fact(String subject, String fact) {
        if (captured != null) {
            captured.add(fact);
        } else {
            context.fact(subject + ": " + fact);
        }
    }

    void violation(String rule, String subject, String observed, String expected) {
        context.violation(new ContractViolation(rule, subject, observed, expected));
    }

    /**
     * Runs a case; its facts come back without their subjects instead of going to the transcript.
     */
    List<String> capture(Runnable body) {
        captured = new ArrayList<>();
        try {
            body.run();
            return List.copyOf(captured);
        } finally {
            captured = null;
        }
    }

    boolean capturing() {
        return captured != null;
    }
}
