// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.JobEvent.Progress;
import mirrorcheck.engine.job.JobStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Histories at random against a model: three guests write, zero and discard, each in a third of the
 * image of its own,
 * but with borders inside chunks, while a mirror with random options runs and is meddled with.
 */
@Timeout(60)
class RandomHistoryTest {
    private static final int HISTORIES = 150;
    private static final int GUESTS = 3;

    @TempDir
    Path dir;

    @Test
    void targetReadsAsTheModelInTheEnd() throws Exception {
        for (long seed = 1; seed <= HISTORIES; seed++) {
            try {
                history(seed);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
    }

    private void history(long seed) throws Exception {
        Random random = new Random(seed);
        Path place = Files.createDirectory(dir.resolve("history" + seed));
        int bytes = 512 * (1 + random.nextInt(2048));
        try (MirrorFixture m = new MirrorFixture(place, bytes, targetOptions(random))) {
            byte[] model = fill(m, random, bytes);
            MirrorOptions options = options(random);
            Attachment door = m.guest();
            List<CompletableFuture<Void>> guests = new ArrayList<>();
            MirrorJob job = null;
            boolean early = random.nextBoolean();
            if (!early) {
                job = m.start(options);
            }
            for (int i = 0; i < GUESTS; i++) {
                int from = (int) ((long) bytes * i / GUESTS);
                int to = (int) ((long) bytes * (i + 1) / GUESTS);
                long guestSeed = random.nextLong();
                guests.add(Guest.async(() -> guest(door, model, from, to, new Random(guestSeed))));
            }
            if (early) {
                job = m.start(options);
            }
            meddle(job, random);
            // Guests that go on over the pivot leave the source behind; the target is then the
            // disk.
            boolean pivotUnderLoad = random.nextInt(3) == 0;
            if (pivotUnderLoad) {
                job.await(Set.of(JobStatus.READY));
                m.finish(job);
            }
            for (CompletableFuture<Void> guest : guests) {
                Guest.await(guest);
            }
            if (!pivotUnderLoad) {
                end(job, random);
                assertArrayEquals(model, Files.readAllBytes(m.sourcePath), "source");
            }

            assertArrayEquals(model, Files.readAllBytes(m.targetPath), "target");
            checkCounters(m);
            door.close();
        }
    }

    private static NodeOptions targetOptions(Random random) {
        NodeOptions options = NodeOptions.named("target");
        return switch (random.nextInt(4)) {
            case 0 -> options;
            case 1 -> options.withDetectZeroes(DetectZeroes.ON);
            case 2 -> options.withDiscard(Discard.UNMAP);
            default -> options.withDiscard(Discard.UNMAP).withDetectZeroes(DetectZeroes.UNMAP);
        };
    }

    private static MirrorOptions options(Random random) {
        MirrorOptions options = MirrorFixture.full().withGranularity(512L << random.nextInt(12))
                .withBufSize(random.nextBoolean() ? 0 : 1 + random.nextInt(1 << 20));
        return options.withCopyMode(random.nextBoolean() ? CopyMode.BACKGROUND
                : CopyMode.WRITE_BLOCKING);
    }

    /** Data here and there in the source, old data in half of the targets. */
    private static byte[] fill(MirrorFixture m, Random random, int bytes) throws Exception {
        byte[] model = new byte[bytes];
        for (int i = 0; i < 4; i++) {
            int offset = random.nextInt(bytes);
            int length = Math.min(bytes - offset, 1 + random.nextInt(bytes / 4 + 1));
            m.fillSource(offset, length, i);
            System.arraycopy(MirrorFixture.pattern(length, i), 0, model, offset, length);
        }
        if (random.nextBoolean()) {
            m.fillTarget(0, bytes, 99);
        }
        return model;
    }

    private static void guest(Attachment door, byte[] model, int from, int to, Random random)
            throws BlockException {
        for (int i = 0; i < 30 && from < to; i++) {
            int offset = from + random.nextInt(to - from);
            int length = 1 + random
                    .nextInt(Math.min(to - offset, random.nextBoolean() ? 4096 : to - offset));
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    byte[] data = MirrorFixture.pattern(length, random.nextInt());
                    door.write(offset, MemorySegment.ofArray(data), WriteFlag.NONE);
                    System.arraycopy(data, 0, model, offset, length);
                }
                case 2 -> {
                    door.write(offset, MemorySegment.ofArray(new byte[length]), WriteFlag.NONE);
                    Arrays.fill(model, offset, offset + length, (byte) 0);
                }
                case 3 -> {
                    door.writeZeroes(offset, length, random.nextBoolean()
                            ? Set.of(WriteFlag.MAY_UNMAP) : WriteFlag.NONE);
                    Arrays.fill(model, offset, offset + length, (byte) 0);
                }
                default -> {
                    // What a discarded range reads as is not promised: say at once what it shall
                    // hold.
                    door.discard(offset, length);
                    door.writeZeroes(offset, length, WriteFlag.NONE);
                    Arrays.fill(model, offset, offset + length, (byte) 0);
                }
            }
        }
    }

    private static void meddle(MirrorJob job, Random random) throws Exception {
        for (int i = random.nextInt(6); i > 0; i--) {
            switch (random.nextInt(3)) {
                case 0 -> job.changeCopyMode(CopyMode.WRITE_BLOCKING);
                case 1 -> {
                    job.pause();
                    job.await(Set.of(JobStatus.PAUSED, JobStatus.STANDBY));
                    job.resume();
                }
                default -> {
                    Progress progress = job.info().progress();
                    assertTrue(progress.offset() <= progress.len(), progress::toString);
                }
            }
        }
    }

    private static void end(MirrorJob job, Random random) throws Exception {
        job.await(Set.of(JobStatus.READY));
        if (random.nextBoolean()) {
            job.complete();
        } else {
            job.cancel(false);
        }
        job.await(Job.over());
    }

    private static void checkCounters(MirrorFixture m) {
        String completed = m.events.stream().filter(event -> event.startsWith("COMPLETED"))
                .findFirst().orElseThrow();
        String[] counters = completed.substring("COMPLETED ".length()).split("/");

        assertEquals(counters[1], counters[0]);
    }
}
