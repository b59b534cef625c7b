// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.ends.Request;
import mirrorcheck.iotests.history.Step.Action;
import mirrorcheck.iotests.history.Step.Ending;
import org.junit.jupiter.api.Test;

/** What a course leaves out and what it adds, as the script tells it. */
class CourseTest {
    private static final Range FIRST = new Range(0, 512);
    private static final Range SECOND = new Range(65536, 1024);
    private static final Step START = new Step.Start();

    private static Configuration configuration(Map<String, Object> mirror) {
        return new Configuration(128 << 10, List.of(), false, Map.of(), Map.of(), mirror);
    }

    private static String body(Map<String, Object> mirror, Step... steps) {
        History history = new History(Kind.FAULTS, 1, configuration(mirror), List.of(steps));
        String script = ScriptWriter.write(history, EnumSet.allOf(Capability.class), "A title.",
                List.of());
        return script.substring(script.indexOf("def guest")).lines().skip(1)
                .takeWhile(line -> !line.contains("expectFlushed"))
                .filter(line -> !line.startsWith("def job") && !line.startsWith("expectAlloc"))
                .collect(Collectors.joining("\n"));
    }

    private static String body(Step... steps) {
        return body(Map.of("sync", "full"), steps);
    }

    private static Step.Guest later(Range range) {
        return new Step.Guest(Action.WRITE, range, 1, false, false, true);
    }

    private static Step.Trap hold(int id, boolean source, Request.Kind kind) {
        return new Step.Trap(id, source, kind, FIRST, 0, 1, null);
    }

    private static final String ENDING = """
            job.awaitReady()
            job.complete()
            expectIdentical source, target""";

    @Test
    void whatDanglesIsLeftOut() {
        assertEquals(ENDING, body(new Step.Resume(), new Step.Pause(), new Step.Settle(),
                new Step.Release(1), START, new Step.Resume(), new Step.Join(), START,
                new Step.Compare()));
    }

    @Test
    void everythingGoesOnBeforeTheEnd() {
        assertEquals("""
                def trap1 = hold source.reads(0, 512), times: 1
                def later1 = guest.later { write 64.KiB, 1.KiB, pattern: 0x01 }.awaitHeldUp()
                job.setSpeed 1.MiB
                job.pause()
                release trap1
                later1.await()
                job.resume()
                job.setSpeed 0
                job.awaitReady()
                job.cancel()
                expectIdentical source, target""",
                body(START, hold(1, true, Request.Kind.READ), later(SECOND),
                new Step.Speed(1 << 20), new Step.Pause(), new Step.AwaitReady(),
                new Step.End(Ending.CANCEL), new Step.Pause()));
    }

    @Test
    void aGuestDoesNotWaitForWhatIsHeld() {
        Step.Guest read = Step.Guest.of(Action.READ, FIRST);
        Step.Guest write = Step.Guest.write(FIRST, 1);
        Step.Guest unaligned = Step.Guest.write(new Range(1, 512), 1);
        String trap = "def trap1 = hold source.reads(0, 512), times: 1\n";
        assertEquals(trap + "guest.write 0, 512, pattern: 0x01\nrelease trap1\n" + ENDING,
                body(START, hold(1, true, Request.Kind.READ), read, write, unaligned));
        assertEquals(trap + "guest.expectRead 64.KiB, 1.KiB\nrelease trap1\n" + ENDING,
                body(Map.of("sync", "full", "copy-mode", "write-blocking"), START,
                hold(1, true, Request.Kind.READ), write, Step.Guest.of(Action.READ, SECOND)));
    }

    @Test
    void aGuestOfAnImplementationThatIsNotConcurrentWaitsForNothingHeld() {
        History history = new History(Kind.FAULTS, 1, configuration(Map.of("sync", "full")),
                List.of(START, hold(1, true, Request.Kind.READ),
                Step.Guest.of(Action.FLUSH, new Range(0, 0))));
        EnumSet<Capability> all = EnumSet.allOf(Capability.class);
        String script = ScriptWriter.write(history, all, "All.", List.of());
        assertTrue(script.contains(" concurrent") && script.contains("guest.flush()"), script);
        all.remove(Capability.CONCURRENT);
        script = ScriptWriter.write(history, all, "Not.", List.of());
        assertFalse(script.contains(" concurrent") || script.contains("guest.flush()"), script);
    }

    @Test
    void requestsInFlightDoNotMeet() {
        assertEquals("""
                def later1 = guest.later { write 0, 512, pattern: 0x01 }.awaitHeldUp()
                later1.await()
                guest.write 0, 512, pattern: 0x02
                """ + ENDING, body(START, later(FIRST), Step.Guest.write(FIRST, 3),
                Step.Guest.of(Action.READ, FIRST), later(FIRST), new Step.Join(),
                Step.Guest.write(FIRST, 2)));
    }

    @Test
    void anErrorThatIsReportedMayFailTheJobAndNoVerbMeetsIt() {
        Step.Trap fault = new Step.Trap(1, false, Request.Kind.WRITE, FIRST, 0, 2, "EIO");
        assertEquals("""
                def trap1 = fail target.writes(0, 512), errno: 'EIO', times: 2
                guest.write 0, 512, pattern: 0x01
                release trap1
                if (trap1.caught > 0) {
                    job.awaitEnd expect: 'failed', rule: 'ERROR-1', errors: 99
                } else {
                    job.awaitReady()
                    job.complete()
                    expectIdentical source, target
                    expectAllocation target, atMost: 64.KiB""",
                body(START, fault, new Step.Pause(), new Step.AwaitReady(), new Step.Change(),
                Step.Guest.write(FIRST, 1)));
    }

    @Test
    void withNothingToCopyGuestsWriteOnlyOnceTheMirrorRuns() {
        assertEquals("guest.write 64.KiB, 1.KiB, pattern: 0x02\n" + ENDING,
                body(Map.of("sync", "none"), Step.Guest.write(FIRST, 1), START,
                Step.Guest.write(SECOND, 2)));
    }

    @Test
    void sizesAreWrittenInTheLargestUnits() {
        assertEquals("0 512 1.KiB 3.MiB + 4.KiB + 1", Stream.of(0L, 512L, 1024L,
                (3L << 20) + 4097).map(Dsl::size).collect(Collectors.joining(" ")));
    }
}
