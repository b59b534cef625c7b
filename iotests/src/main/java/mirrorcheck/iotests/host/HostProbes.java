// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.host.HostException;

/**
 * Finds out by trying what the scratch directory can do.
 *
 * <p>Each probe does with a small file what tests do with images, and looks at the outcome rather
 * than at return values: compression makes data vanish from the block count, network file systems
 * accept calls and do nothing.
 */
public final class HostProbes {
    private static final int MIB = 1 << 20;
    /** No file system that tests can be trusted on allocates in larger steps. */
    private static final long LARGEST_STEP = 64 * 1024;
    /** The images of a run at once take some hundred MiB at most. */
    private static final long ENOUGH = 512L * MIB;
    private static final int BLOCK = 4096;

    private final ProbeFiles files;

    HostProbes(ProbeFiles files) {
        this.files = files;
    }

    /**
     * Probes {@code directory}; nothing is left in it.
     *
     * @throws IOException if not even a small file can be written: the directory is full, read-only
     *         or broken
     */
    public static HostFacts probe(Path directory) throws IOException {
        HostFacts facts = new HostProbes(new RealProbeFiles(directory)).run();
        return QemuImg.find().isPresent() ? facts
                : facts.without(HostWord.QEMU_IMG, QemuImg.NOT_FOUND);
    }

    HostFacts run() throws IOException {
        long step = step();
        Map<HostWord, String> missing = new EnumMap<>(HostWord.class);
        attempt(missing, HostWord.SPARSE_FILES, this::sparse);
        attempt(missing, HostWord.PUNCH_HOLE, this::punch);
        attempt(missing, HostWord.ZERO_RANGE, this::zeroRange);
        attempt(missing, HostWord.FALLOC, this::falloc);
        attempt(missing, HostWord.SEEK_HOLE, this::seek);
        attempt(missing, HostWord.O_DIRECT, this::direct);
        List<String> notes = new ArrayList<>();
        if (step > LARGEST_STEP) {
            notes.add("allocates in steps of " + step + " bytes");
        }
        long free = files.free();
        if (free < ENOUGH) {
            notes.add("only " + free / MIB + " MiB free, tests may need " + ENOUGH / MIB + " MiB");
        }
        return new HostFacts(missing, step, free, notes);
    }

    /** One thing to try; returns what is wrong, or an empty string. */
    private interface Probe {
        String run(ProbeFiles.File file) throws IOException;
    }

    private void attempt(Map<HostWord, String> missing, HostWord word, Probe probe)
            throws IOException {
        try (ProbeFiles.File file = files.create(word == HostWord.O_DIRECT)) {
            String wrong = probe.run(file);
            if (!wrong.isEmpty()) {
                missing.put(word, wrong);
            }
        } catch (IOException e) {
            String reason = e instanceof HostException host ? host.reason() : e.getMessage();
            if (reason.contains(Errno.ENOSPC.text())) {
                throw e;
            }
            missing.put(word, reason);
        }
    }

    /**
     * The bytes allocated for a single one, the first file that is written: its failure is that of
     * the directory.
     */
    private long step() throws IOException {
        try (ProbeFiles.File file = files.create(false)) {
            file.truncate(4 * MIB);
            file.write(MIB, new byte[] {1});
            file.sync();
            return file.allocatedBytes();
        }
    }

    private String sparse(ProbeFiles.File file) throws IOException {
        file.truncate(4 * MIB);
        file.write(MIB, pattern());
        file.sync();
        long data = file.allocatedBytes();
        if (data > 2 * MIB) {
            return "a file with 1 MiB of data in 4 MiB has " + data + " bytes allocated";
        }
        if (data < MIB) {
            return "1 MiB of data has " + data
                    + " bytes allocated: compressed, or not counted at once";
        }
        file.write(2 * MIB, new byte[MIB]);
        file.sync();
        long zeroes = file.allocatedBytes() - data;
        return zeroes < MIB ? "1 MiB of written zeroes has " + zeroes + " bytes allocated" : "";
    }

    private String punch(ProbeFiles.File file) throws IOException {
        file.write(0, pattern());
        file.sync();
        long before = file.allocatedBytes();
        file.punchHole(0, MIB / 2);
        file.sync();
        long freed = before - file.allocatedBytes();
        if (!zero(file, 0, MIB / 2) || zero(file, MIB / 2, MIB / 2)) {
            return "the range does not read as zero, or more than the range does";
        }
        return freed < MIB / 4 ? "512 KiB punched, " + freed + " bytes freed" : "";
    }

    private String zeroRange(ProbeFiles.File file) throws IOException {
        file.write(0, pattern());
        file.truncate(2 * MIB);
        file.zeroRange(MIB / 2, MIB);
        file.sync();
        if (!zero(file, MIB / 2, MIB) || zero(file, 0, MIB / 2)) {
            return "the range does not read as zero, or more than the range does";
        }
        long allocated = file.allocatedBytes();
        return allocated < MIB + MIB / 2 ? "1.5 MiB should be allocated, " + allocated
                + " bytes are" : "";
    }

    private String falloc(ProbeFiles.File file) throws IOException {
        file.allocate(0, MIB);
        file.sync();
        long allocated = file.allocatedBytes();
        return allocated < MIB ? "1 MiB asked for, " + allocated + " bytes allocated"
                : zero(file, 0, MIB) ? "" : "what is allocated does not read as zero";
    }

    private String seek(ProbeFiles.File file) throws IOException {
        file.truncate(4 * MIB);
        file.write(MIB, pattern());
        file.sync();
        OptionalLong data = file.seekData(0);
        OptionalLong hole = file.seekHole(MIB);
        boolean found = data.isPresent() && data.getAsLong() > 0 && data.getAsLong() <= MIB
                && hole.isPresent() && hole.getAsLong() >= 2 * MIB && hole.getAsLong() < 4 * MIB;
        return found ? "" : "data is at 1 MiB to 2 MiB of 4 MiB; found at " + shown(data) + " to "
                + shown(hole);
    }

    private String direct(ProbeFiles.File file) throws IOException {
        byte[] block = Arrays.copyOf(pattern(), BLOCK);
        file.write(0, block);
        byte[] back = new byte[BLOCK];
        file.read(0, back);
        return Arrays.equals(block, back) ? "" : "4 KiB written and read again differ";
    }

    private static boolean zero(ProbeFiles.File file, long offset, int bytes) throws IOException {
        byte[] read = new byte[bytes];
        Arrays.fill(read, (byte) 1);
        file.read(offset, read);
        return Arrays.equals(read, new byte[bytes]);
    }

    /** The same bytes that tests write, so that what compression does to theirs shows here. */
    private static byte[] pattern() {
        byte[] pattern = new byte[MIB];
        Arrays.fill(pattern, (byte) 0x5a);
        return pattern;
    }

    private static String shown(OptionalLong offset) {
        return offset.isPresent() ? String.valueOf(offset.getAsLong()) : "nowhere";
    }
}
