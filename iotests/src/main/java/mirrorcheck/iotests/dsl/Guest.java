// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import groovy.lang.Closure;
import groovy.lang.DelegatesTo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import mirrorcheck.iotests.adapter.GuestDoor;
import mirrorcheck.iotests.image.Cell;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Pattern;
import mirrorcheck.iotests.image.RangeMap.Run;
import mirrorcheck.iotests.judge.HarnessError;

/**
 * The guest that uses a disk. Each word blocks until acknowledged and is then entered into the
 * judge's model of the image the guest uses at that time: the source, and after a pivot the target.
 */
public final class Guest {
    private static final int SECTOR = 512;

    private final Stage stage;
    private final GuestDoor door;
    private final Image disk;

    Guest(Stage stage, GuestDoor door, Image disk) {
        this.stage = stage;
        this.door = door;
        this.disk = disk;
    }

    /**
     * Writes data; {@code pattern:} is its byte, 0x11 unless told, {@code fua:} makes it durable at
     * once.
     */
    public void write(Map<String, ?> given, Number offset, Number bytes) {
        Options options = new Options("guest write", given, Set.of("pattern", "fua"));
        int pattern = pattern("guest write", options.number("pattern", 0x11));
        byte[] data =
                Pattern.bytes(offset.longValue(), Math.toIntExact(bytes.longValue()), pattern);
        run("guest write", () -> door.write(offset.longValue(), data, flags(options)));
        model().write(offset.longValue(), bytes.longValue(), pattern);
    }

    /** Writes data of the usual pattern. */
    public void write(Number offset, Number bytes) {
        write(Map.of(), offset, bytes);
    }

    /** Writes zero bytes, as data; {@code fua:} makes them durable at once. */
    public void writeZeroBytes(Map<String, ?> given, Number offset, Number bytes) {
        Options options = new Options("guest writeZeroBytes", given, Set.of("fua"));
        byte[] data = new byte[Math.toIntExact(bytes.longValue())];
        run("guest writeZeroBytes", () -> door.write(offset.longValue(), data, flags(options)));
        model().zeroes(offset.longValue(), bytes.longValue());
    }

    /** Writes zero bytes, as data. */
    public void writeZeroBytes(Number offset, Number bytes) {
        writeZeroBytes(Map.of(), offset, bytes);
    }

    /**
     * Writes zeroes; {@code unmap: true} lets them deallocate, {@code fast: true} forbids to send
     * them as data.
     */
    public void writeZeroes(Map<String, ?> given, Number offset, Number bytes) {
        Options options = new Options("guest writeZeroes", given, Set.of("unmap", "fast", "fua"));
        run("guest writeZeroes",
                () -> door.writeZeroes(offset.longValue(), bytes.longValue(), flags(options)));
        model().unwritten(offset.longValue(), bytes.longValue());
    }

    /** Writes zeroes that keep the allocation. */
    public void writeZeroes(Number offset, Number bytes) {
        writeZeroes(Map.of(), offset, bytes);
    }

    /**
     * Discards. What the range reads as afterwards is the implementation's choice, sector by sector
     * between what it was and zero (GUEST-5); the guest reads it back and the model follows.
     */
    public void discard(Number offset, Number bytes) {
        run("guest discard", () -> door.discard(offset.longValue(), bytes.longValue()));
        byte[] now = readBytes(offset.longValue(), Math.toIntExact(bytes.longValue()));
        for (int at = 0; at < now.length; at += SECTOR) {
            int length = Math.min(SECTOR, now.length - at);
            long where = offset.longValue() + at;
            ByteBuffer sector = ByteBuffer.wrap(now, at, length).slice();
            if (difference(sector, where) < length) {
                if (Pattern.agreeZero(sector.duplicate()) < length) {
                    stage.violation("GUEST-5", "guest",
                            "reads neither old data nor zeroes at " + Text.size(where)
                            + " after discard", "old data or zeroes");
                    return;
                }
                model().zeroes(where, length);
            }
        }
    }

    /**
     * Writes data to a disk that is told to fail: the guest must hear of it, and reads afterwards
     * what the range held before.
     */
    public void expectWriteFails(Number offset, Number bytes) {
        byte[] data = Pattern.bytes(offset.longValue(), Math.toIntExact(bytes.longValue()), 0x77);
        try {
            door.write(offset.longValue(), data, Map.of());
            stage.fact("guest", "hears of no error");
            stage.violation("DATA-3", "guest", "write acknowledged", "the error of its disk");
        } catch (IOException e) {
            stage.mustLive("guest write");
            stage.fact("guest", "hears of its disk's error");
        }
    }

    /** Reads the range, and looks at nothing. */
    public void read(Number offset, Number bytes) {
        readBytes(offset.longValue(), Math.toIntExact(bytes.longValue()));
    }

    /** Flushes. */
    public void flush() {
        run("guest flush", door::flush);
    }

    /**
     * Reads the range and tells whether it is what was written; {@code rule:} is DATA-3 unless
     * told.
     */
    public void expectRead(Map<String, ?> given, Number offset, Number bytes) {
        String rule = stage.rule("expectRead",
                new Options("guest expectRead", given, Set.of("rule")), "DATA-3");
        byte[] now = readBytes(offset.longValue(), Math.toIntExact(bytes.longValue()));
        int agree = difference(ByteBuffer.wrap(now), offset.longValue());
        if (agree == now.length) {
            stage.fact("guest", "reads what it wrote");
            return;
        }
        String observed = "reads other bytes at " + Text.size(offset.longValue() + agree);
        stage.fact("guest", observed);
        stage.violation(rule, "guest", observed, "what it wrote");
    }

    /** Reads the range and tells whether it is what was written. */
    public void expectRead(Number offset, Number bytes) {
        expectRead(Map.of(), offset, bytes);
    }

    /**
     * Does what stands between the braces on a thread of its own, so that a request may be held
     * meanwhile.
     */
    public Later later(@DelegatesTo(Guest.class) Closure<?> words) {
        words.setDelegate(this);
        words.setResolveStrategy(Closure.DELEGATE_FIRST);
        return new Later("guest", words::call);
    }

    /** Whether this guest was given {@code image}, or has come to it by a pivot. */
    boolean uses(Image image) {
        return disk == image || disk.current() == image;
    }

    void leave() throws IOException {
        door.close();
    }

    private byte[] readBytes(long offset, int bytes) {
        byte[] now = new byte[bytes];
        run("guest read", () -> door.read(offset, now));
        return now;
    }

    /** How many bytes of {@code now}, read at {@code offset}, agree with the model. */
    private int difference(ByteBuffer now, long offset) {
        for (Run<Cell> run : model().cells(offset, now.remaining())) {
            int at = Math.toIntExact(run.offset() - offset);
            ByteBuffer part = now.slice(at, Math.toIntExact(run.bytes()));
            int agree = run.value().readsZero() ? Pattern.agreeZero(part)
                    : Pattern.agree(part, run.offset(), run.value().pattern());
            if (agree < run.bytes()) {
                return at + agree;
            }
        }
        return now.remaining();
    }

    private ImageModel model() {
        return disk.current().getModel();
    }

    private interface Request {
        void send() throws IOException;
    }

    /**
     * A guest must never see an error that its own disk did not give, and an implementation must
     * not break down.
     */
    private void run(String word, Request request) {
        try {
            request.send();
            stage.context().progress();
        } catch (IOException e) {
            stage.mustLive(word);
            stage.violation("GUEST-2", word, "failed: " + e.getMessage(), "success");
        } catch (RuntimeException | AssertionError e) {
            stage.violation("GUEST-2", word, "broke down: " + e, "success");
        }
    }

    private static Map<String, Boolean> flags(Options options) {
        Map<String, Boolean> flags = new LinkedHashMap<>();
        options.only(Set.of("unmap", "fast", "fua"))
                .forEach((name, value) -> flags.put(name, (Boolean) value));
        return flags;
    }

    static int pattern(String word, long pattern) {
        if (pattern < 1 || pattern > 255) {
            throw new HarnessError(word + ": pattern: " + pattern + ": must be 0x01 to 0xff");
        }
        return (int) pattern;
    }
}
