// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import groovy.lang.Closure;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.iotests.dsl.Guest;
import mirrorcheck.iotests.dsl.Held;
import mirrorcheck.iotests.dsl.Image;
import mirrorcheck.iotests.dsl.Job;
import mirrorcheck.iotests.dsl.Later;
import mirrorcheck.iotests.dsl.Layout;
import mirrorcheck.iotests.dsl.Words;
import mirrorcheck.iotests.history.Step.Ending;

/** Plays a history with the words of scripts. */
final class Player implements Actor {
    private final HistoryContext context;
    private final Words words;
    private final Map<Integer, Later> laters = new HashMap<>();
    private final Map<Integer, Held> traps = new HashMap<>();
    private Configuration configuration;
    private Image source;
    private Image target;
    private Guest guest;
    private Job job;

    Player(HistoryContext context) {
        this.context = context;
        words = new Words(context);
        words.about(Map.of("rules", String.join(" ", ScriptWriter.RULES)));
    }

    @Override
    public void begin() {
        context.step();
    }

    @Override
    public void images(Configuration made) {
        configuration = made;
        source = words.sourceImage(flushing(made.source()), made.bytes(), layout());
        target = words.targetImage(flushing(made.target()), made.bytes(),
                made.copied() ? layout() : null);
        guest = words.guestOf(source);
    }

    /** Nothing is flushed to the disk, which would only cost time; the requests are recorded. */
    private static Map<String, Object> flushing(Map<String, Object> options) {
        Map<String, Object> all = new LinkedHashMap<>(options);
        all.put(ScriptWriter.NO_FLUSH, true);
        return all;
    }

    private Closure<?> layout() {
        return new Body(this, delegate -> {
            Layout layout = (Layout) delegate;
            for (Configuration.Piece piece : configuration.layout()) {
                long offset = piece.range().offset();
                long bytes = piece.range().bytes();
                switch (piece.word()) {
                    case "write" -> layout.write(offset, bytes);
                    case "zeroes" -> layout.zeroes(offset, bytes);
                    default -> layout.unwritten(offset, bytes);
                }
            }
        });
    }

    @Override
    public void guest(Step.Guest request) {
        Map<String, Object> options = Dsl.options(request);
        long offset = request.range().offset();
        long bytes = request.range().bytes();
        switch (request.action()) {
            case WRITE -> guest.write(options, offset, bytes);
            case ZERO_BYTES -> guest.writeZeroBytes(options, offset, bytes);
            case ZEROES -> guest.writeZeroes(options, offset, bytes);
            case DISCARD -> guest.discard(offset, bytes);
            case FLUSH -> guest.flush();
            case READ -> guest.expectRead(options, offset, bytes);
        }
    }

    @Override
    public void later(int number, Step.Guest request) {
        laters.put(number, guest.later(new Body(this, delegate -> guest(request)))
                .awaitHeldUp());
    }

    @Override
    public void await(int later) {
        laters.get(later).await();
    }

    @Override
    public void start() {
        job = words.startMirror(configuration.mirror(), source, target);
    }

    @Override
    public void trap(Step.Trap trap) {
        Image image = trap.source() ? source : target;
        long offset = trap.range().offset();
        long bytes = trap.range().bytes();
        Image.Requests requests = switch (trap.kind()) {
            case READ -> image.reads(offset, bytes);
            case WRITE -> image.writes(offset, bytes);
            case WRITE_ZEROES -> image.writeZeroes(offset, bytes);
            case WRITE_ZEROES_UNMAP -> image.writeZeroesUnmap(offset, bytes);
            case DISCARD -> image.discards(offset, bytes);
            case BLOCK_STATUS -> image.statuses(offset, bytes);
            case FLUSH -> image.getFlushes();
        };
        Map<String, Object> options = Dsl.options(trap);
        traps.put(trap.id(), trap.holds() ? words.hold(options, requests)
                : words.fail(options, requests));
    }

    @Override
    public void release(int trap) {
        traps.get(trap).release();
    }

    @Override
    public void settle(List<Integer> held) {
        job.settleOrCatch(held.stream().map(traps::get).toArray(Held[]::new));
    }

    @Override
    public void awaitReady() {
        job.awaitReady();
    }

    @Override
    public void pause() {
        job.pause();
    }

    @Override
    public void resume() {
        job.resume();
    }

    @Override
    public void change() {
        job.change(Map.of("copy-mode", "write-blocking"));
    }

    @Override
    public void speed(long bytesPerSecond) {
        job.setSpeed(bytesPerSecond);
    }

    @Override
    public void compare() {
        job.settleOrCatch();
        words.expectations().identical(Map.of(), source, target);
    }

    @Override
    public void redundant(Step.Guest zeroes) {
        guest(zeroes);
        job.settleOrCatch();
        words.forgetRequests(target);
        guest(zeroes);
        job.settleOrCatch();
        words.requestExpectations().requests(Map.of("rule", "ZERO-4"), target);
    }

    @Override
    public void end(Ending ending, List<Integer> faults, long most) {
        if (faults.stream().anyMatch(id -> traps.get(id).getCaught() > 0)) {
            job.awaitEnd(Map.of("expect", "failed", "rule", "ERROR-1", "errors",
                    ScriptWriter.MOST_ERRORS));
        } else if (ending == Ending.GIVE_UP) {
            job.cancel(Map.of("force", true));
        } else {
            job.awaitReady();
            if (ending == Ending.COMPLETE) {
                job.complete();
            } else {
                job.cancel();
            }
            judgeCopy(most);
        }
        words.expectations().identical(Map.of("rule", "DATA-3"), source, source);
        words.expectations().lifeCycle(Map.of(), job);
    }

    private void judgeCopy(long most) {
        words.expectations().identical(Map.of(), source, target);
        if (!configuration.unmaps() && !configuration.targetIsHole()) {
            words.expectations().allocation(Map.of(), target, "kept");
        }
        if (most >= 0) {
            words.expectations().allocation(Map.of("atMost", most), target);
        }
        words.requestExpectations().flushed(Map.of(), target);
        words.expectations().done(Map.of(), job);
    }

    @Override
    public void close() {
        guest.expectRead(0, configuration.bytes());
        words.drop(target);
        words.drop(source);
    }
}
