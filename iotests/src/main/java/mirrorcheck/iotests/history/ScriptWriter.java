// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.history.Step.Ending;

/** Writes a history down as a script, ready to become a test. */
final class ScriptWriter implements Actor {
    /** The rules by which histories are judged. */
    static final List<String> RULES = List.of("DATA-1", "DATA-3", "ZERO-1", "ZERO-4", "ALLOC-1",
            "GUEST-2", "GUEST-5", "FLUSH-1", "PROGRESS-1", "LIVE-1", "JOB-3", "SAFE-1",
            "ERROR-1");
    /** A job that must fail tells of fewer errors: it has no more requests on their way. */
    static final long MOST_ERRORS = 99;
    static final String NO_FLUSH = "cache.no-flush";

    private static final Set<Capability> ALWAYS = EnumSet.of(Capability.COPY, Capability.JOB,
            Capability.GUEST, Capability.REQUESTS);

    private final List<String> lines = new ArrayList<>();
    private final Set<Capability> needs = EnumSet.copyOf(ALWAYS);
    private final Set<Integer> holding = new HashSet<>();
    private Configuration configuration;
    private String indent = "";

    private ScriptWriter() {
    }

    /**
     * The script of a history, as an implementation that can so much plays it.
     *
     * @param title a sentence on what it is about
     * @param more  what else the head shall tell, a line each
     */
    static String write(History history, Set<Capability> can, String title, List<String> more) {
        ScriptWriter writer = new ScriptWriter();
        Course.run(history, can, writer);
        String needs = writer.needs.stream().map(Capability::word)
                .collect(Collectors.joining(" "));
        String told = more.stream().map(line -> "// " + line + "\n")
                .collect(Collectors.joining());
        return """
                // SPDX-License-Identifier: Apache-2.0
                // %s
                %s%s
                about groups: 'auto guest',
                      rules:  '%s',
                      needs:  '%s'

                %s""".formatted(title, told.isEmpty() ? "" : "//\n", told,
                String.join(" ", RULES), needs,
                String.join("\n", writer.lines) + "\n");
    }

    private void line(String text) {
        lines.add(indent + text);
    }

    @Override
    public void begin() {
        // A script has a line for each anyway.
    }

    @Override
    public void images(Configuration made) {
        configuration = made;
        needs.addAll(made.needs());
        image("source", "sourceImage", made.source(), true);
        image("target", "targetImage", made.target(), made.copied());
        line("def guest = guestOf(source)");
    }

    private void image(String name, String word, Map<String, Object> options, boolean laidOut) {
        Map<String, Object> all = new LinkedHashMap<>(options);
        all.put(NO_FLUSH, true);
        boolean braces = laidOut && !configuration.layout().isEmpty();
        line("def " + name + " = " + word + "(" + Dsl.size(configuration.bytes())
                + Dsl.options(all) + ")" + (braces ? " {" : ""));
        if (braces) {
            configuration.layout().forEach(piece ->
                    line("    " + piece.word() + " " + Dsl.range(piece.range())));
            line("}");
        }
    }

    @Override
    public void guest(Step.Guest request) {
        if (!holding.isEmpty()) {
            needs.add(Capability.CONCURRENT);
        }
        line("guest." + words(request));
    }

    private static String words(Step.Guest request) {
        String word = request.action().word();
        return request.action() == Step.Action.FLUSH ? word + "()"
                : word + " " + Dsl.range(request.range()) + Dsl.options(Dsl.options(request));
    }

    @Override
    public void later(int number, Step.Guest request) {
        line("def later" + number + " = guest.later { " + words(request) + " }.awaitHeldUp()");
    }

    @Override
    public void await(int later) {
        line("later" + later + ".await()");
    }

    @Override
    public void start() {
        line("def job = startMirror source, target" + Dsl.options(configuration.mirror()));
    }

    @Override
    public void trap(Step.Trap trap) {
        needs.add(Capability.GATES);
        if (trap.holds()) {
            holding.add(trap.id());
        }
        line("def trap" + trap.id() + " = " + (trap.holds() ? "hold" : "fail") + " "
                + (trap.source() ? "source" : "target") + "." + Dsl.requests(trap.kind()) + "("
                + Dsl.range(trap.range()) + ")" + Dsl.options(Dsl.options(trap)));
    }

    @Override
    public void release(int trap) {
        holding.remove(trap);
        line("release trap" + trap);
    }

    @Override
    public void settle(List<Integer> traps) {
        line("job.settleOrCatch(" + traps.stream().map(id -> "trap" + id)
                .collect(Collectors.joining(", ")) + ")");
    }

    @Override
    public void awaitReady() {
        line("job.awaitReady()");
    }

    @Override
    public void pause() {
        line("job.pause()");
    }

    @Override
    public void resume() {
        line("job.resume()");
    }

    @Override
    public void change() {
        needs.add(Capability.CHANGE);
        line("job.change 'copy-mode': 'write-blocking'");
    }

    @Override
    public void speed(long bytesPerSecond) {
        line("job.setSpeed " + Dsl.size(bytesPerSecond));
    }

    @Override
    public void compare() {
        line("job.settleOrCatch()");
        line("expectIdentical source, target");
    }

    @Override
    public void redundant(Step.Guest zeroes) {
        guest(zeroes);
        line("job.settleOrCatch()");
        line("forgetRequests target");
        guest(zeroes);
        line("job.settleOrCatch()");
        line("expectRequests target, rule: 'ZERO-4'");
    }

    @Override
    public void end(Ending ending, List<Integer> faults, long most) {
        if (!faults.isEmpty()) {
            line("if (" + faults.stream().map(id -> "trap" + id + ".caught")
                    .collect(Collectors.joining(" + ")) + " > 0) {");
            line("    job.awaitEnd expect: 'failed', rule: 'ERROR-1', errors: " + MOST_ERRORS);
            line("} else {");
            indent = "    ";
        }
        if (ending == Ending.GIVE_UP) {
            line("job.cancel force: true");
        } else {
            line("job.awaitReady()");
            line(ending == Ending.COMPLETE ? "job.complete()" : "job.cancel()");
            judgeCopy(most);
        }
        if (!faults.isEmpty()) {
            indent = "";
            line("}");
        }
        line("expectIdentical source, source, rule: 'DATA-3'");
        line("expectLifeCycle job");
    }

    private void judgeCopy(long most) {
        line("expectIdentical source, target");
        if (!configuration.unmaps() && !configuration.targetIsHole()) {
            line("expectAllocation target, 'kept'");
        }
        if (most >= 0) {
            line("expectAllocation target, atMost: " + Dsl.size(most));
        }
        line("expectFlushed target");
        line("expectDone job");
    }

    @Override
    public void close() {
        line("guest.expectRead 0, " + Dsl.size(configuration.bytes()));
        line("drop target");
        line("drop source");
    }
}
