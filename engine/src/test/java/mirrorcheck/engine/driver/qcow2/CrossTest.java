// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.nbd.Lab;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images of qemu-img are read as it reads them, and qemu-img finds nothing wrong with ours. */
class CrossTest {
    private static final String SIZE = "3000320";
    private static final int LENGTH = 3_000_320;
    private static final NodeOptions OPTIONS =
            NodeOptions.named("image").withDiscard(Discard.UNMAP);
    private static final String[] GUEST = {
        "-c", "write -P 1 0 200k", "-c", "write -P 2 300k 4k", "-c", "write -P 3 1000k 513",
        "-c", "write -z 100k 50k", "-c", "write -z -u 160k 36k", "-c", "write -P 4 2900k 30k",
        "-c", "discard 1200k 100k", "-c", "write -P 5 1250k 3k"};

    private static final Pattern LINE = Pattern.compile("\"start\": (\\d+), \"length\": (\\d+), "
            + "\"depth\": (\\d+), \"present\": (\\w+), \"zero\": (\\w+), \"data\": (\\w+), "
            + "\"compressed\": (\\w+)(?:, \"offset\": (\\d+))?");

    @TempDir
    private Path scratch;
    private Lab lab;

    @BeforeEach
    void findQemu() {
        lab = Lab.with(scratch, "qemu-img", "qemu-io");
    }

    @ParameterizedTest
    @ValueSource(strings = {"compat=1.1", "compat=0.10", "cluster_size=512", "cluster_size=2M",
        "cluster_size=4k,refcount_bits=1", "refcount_bits=8", "refcount_bits=64",
        "extended_l2=on", "extended_l2=on,cluster_size=16k", "lazy_refcounts=on",
        "preallocation=metadata", "preallocation=falloc", "preallocation=full",
        "compression_type=zstd", "data_file=DIR/data,data_file_raw=off",
        "data_file=DIR/data,data_file_raw=on", "preallocation=metadata,extended_l2=on"})
    void readsWhatQemuWrote(String options) throws Exception {
        Path image = scratch.resolve("image");
        create(options, image, SIZE);
        io(image, GUEST);
        assertReadAlike(image);
        wear(image, 1);
        assertClean(image);
        assertReadAlike(image);
    }

    @ParameterizedTest
    @ValueSource(strings = {"compat=1.1", "compat=0.10", "cluster_size=512", "extended_l2=on",
        "cluster_size=4k"})
    void readsABackingChainOfQemu(String options) throws Exception {
        Path base = scratch.resolve("base");
        Path middle = scratch.resolve("middle");
        Path top = scratch.resolve("image");
        lab.run("qemu-img", "create", "-q", "-f", "raw", base.toString(), SIZE);
        lab.run("qemu-io", "-f", "raw", "-c", "write -P 9 0 2000k", base.toString());
        lab.run("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, "-b", "base", "-F",
                "raw", middle.toString(), "1000448");
        io(middle, "-c", "write -P 7 500k 100k", "-c", "write -z 700k 90k");
        lab.run("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, "-b", "middle", "-F",
                "qcow2", top.toString(), SIZE);
        io(top, GUEST);
        assertReadAlike(top);
        assertMapsAlike(top);
        wear(top, 2);
        assertClean(top);
        assertReadAlike(top);
        assertMapsAlike(top);
    }

    @ParameterizedTest
    @ValueSource(strings = {"compat=1.1", "compat=0.10", "compression_type=zstd",
        "cluster_size=512", "cluster_size=2M", "extended_l2=on"})
    void readsAndReplacesCompressedClusters(String options) throws Exception {
        Path plain = scratch.resolve("plain");
        byte[] content = new byte[LENGTH];
        new Random(3).nextBytes(content);
        for (int i = 0; i < LENGTH; i++) {
            content[i] = (byte) (i % 3000 < 2000 ? content[i] & 3 : i / 1000);
        }
        Files.write(plain, content);
        Path image = scratch.resolve("image");
        lab.run("qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", "-o", options,
                plain.toString(), image.toString());
        assertReadAlike(image);
        wear(image, 3);
        assertClean(image);
        assertReadAlike(image);
    }

    @ParameterizedTest
    @ValueSource(strings = {"compat=1.1", "compat=0.10", "cluster_size=512", "extended_l2=on"})
    void keepsInternalSnapshots(String options) throws Exception {
        Path image = scratch.resolve("image");
        create(options, image, SIZE);
        io(image, GUEST);
        lab.run("qemu-img", "snapshot", "-c", "first", image.toString());
        io(image, "-c", "write -P 8 50k 500k");
        lab.run("qemu-img", "snapshot", "-c", "second", image.toString());
        byte[] first = snapshot(image, "first");
        byte[] second = snapshot(image, "second");
        assertReadAlike(image);
        wear(image, 4);
        assertClean(image);
        assertReadAlike(image);
        assertEquals(-1, Arrays.mismatch(first, snapshot(image, "first")));
        assertEquals(-1, Arrays.mismatch(second, snapshot(image, "second")));
        lab.run("qemu-img", "snapshot", "-d", "first", image.toString());
        assertClean(image);
    }

    @Test
    void keepsPersistentBitmaps() throws Exception {
        Path image = scratch.resolve("image");
        create("compat=1.1", image, SIZE);
        lab.run("qemu-img", "bitmap", "--add", "--enable", image.toString(), "auto");
        lab.run("qemu-img", "bitmap", "--add", "--disable", image.toString(), "still");
        wear(image, 5);
        assertClean(image);
        String info = lab.run("qemu-img", "info", image.toString());
        assertEquals(List.of("name: auto flags: in-use auto", "name: still flags:"),
                bitmaps(info), info);
    }

    /** Each bitmap with its flags, as {@code qemu-img info} lists them. */
    private static List<String> bitmaps(String info) {
        List<String> bitmaps = new ArrayList<>();
        List<String> flags = new ArrayList<>();
        for (String line : info.lines().map(String::strip).toList()) {
            if (line.startsWith("[") && line.matches("\\[\\d+\\]: *(flags:)?")) {
                flags.clear();
            } else if (line.matches("\\[\\d+\\]: (in-use|auto)")) {
                flags.add(line.substring(line.indexOf(' ') + 1));
            } else if (line.startsWith("name:")) {
                bitmaps.add((line + " flags: " + String.join(" ", flags)).strip());
                flags.clear();
            }
        }
        return bitmaps;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void qemuLikesWhatWeCreate(int version) throws Exception {
        CreateOptions options = CreateOptions.ofSize(LENGTH).withVersion(version);
        List<CreateOptions> all = new ArrayList<>(List.of(options, options.withClusterSize(512),
                options.withClusterSize(2 << 20),
                options.withPreallocation(Qcow2Preallocation.METADATA),
                options.withPreallocation(Qcow2Preallocation.FALLOC),
                options.withPreallocation(Qcow2Preallocation.FULL)));
        if (version == 3) {
            all.addAll(List.of(options.withRefcountBits(1), options.withRefcountBits(64)
                    .withClusterSize(512), options.withExtendedL2(true),
                    options.withLazyRefcounts(true), options.withZstd(true),
                    options.withDataFile(scratch.resolve("data").toString(), false),
                    options.withDataFile(scratch.resolve("data").toString(), true)));
        }
        for (CreateOptions each : all) {
            Path image = scratch.resolve("image");
            try (FileNode file = newFile(image);
                    FileNode data = each.dataFile() == null ? null : newFile(
                            scratch.resolve("data"))) {
                Qcow2Create.create(file, data, each);
            }
            assertClean(image);
            assertReadAlike(image);
            io(image, GUEST);
            assertClean(image);
            assertReadAlike(image);
            wear(image, 6);
            assertClean(image);
            assertReadAlike(image);
            if (each.preallocation() == Qcow2Preallocation.OFF) {
                assertMapsAlike(image);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"compat=1.1", "cluster_size=512", "extended_l2=on"})
    void qemuReadsWhatWasResized(String options) throws Exception {
        Path image = scratch.resolve("image");
        create(options, image, SIZE);
        io(image, GUEST);
        for (long length : new long[] {2_900_992, 5_000_192, 900_096, 40_000_512}) {
            try (Qcow2Node node = Qcow2Chain.open(image, OPTIONS, false)) {
                node.resize(length);
            }
            assertClean(image);
            assertReadAlike(image);
        }
    }

    private void create(String options, Path image, String size) throws Exception {
        lab.run("qemu-img", "create", "-q", "-f", "qcow2", "-o",
                options.replace("DIR", scratch.toString()), image.toString(), size);
    }

    private void io(Path image, String... commands) throws Exception {
        List<String> all = new ArrayList<>(List.of("-d", "unmap", "-f", "qcow2"));
        all.addAll(List.of(commands));
        all.add(image.toString());
        lab.run("qemu-io", all.toArray(String[]::new));
    }

    private static FileNode newFile(Path path) throws Exception {
        Files.write(path, new byte[0]);
        return FileNode.open(path, NodeOptions.named("file").withDiscard(Discard.UNMAP), false);
    }

    /** A guest of ours writes for a while. */
    private void wear(Path image, int seed) throws BlockException {
        Random random = new Random(seed);
        try (Qcow2Node node = Qcow2Chain.open(image, OPTIONS, false)) {
            byte[] model = read(node);
            for (int i = 0; i < 60; i++) {
                int offset = random.nextInt(model.length);
                int length = 1 + random.nextInt(Math.min(model.length - offset, 120_000));
                switch (random.nextInt(6)) {
                    case 0, 1, 2 -> {
                        byte[] bytes = new byte[length];
                        random.nextBytes(bytes);
                        node.write(offset, MemorySegment.ofArray(bytes), WriteFlag.NONE);
                        System.arraycopy(bytes, 0, model, offset, length);
                    }
                    case 3, 4 -> {
                        node.writeZeroes(offset, length, random.nextBoolean() ? WriteFlag.NONE
                                : Set.of(WriteFlag.MAY_UNMAP));
                        Arrays.fill(model, offset, offset + length, (byte) 0);
                    }
                    default -> {
                        node.discard(offset, length);
                        byte[] now = new byte[length];
                        node.read(offset, MemorySegment.ofArray(now));
                        System.arraycopy(now, 0, model, offset, length);
                    }
                }
            }
            assertEquals(-1, Arrays.mismatch(model, read(node)), "seed " + seed);
        }
    }

    private static byte[] read(BlockNode node) throws BlockException {
        byte[] content = new byte[(int) node.length()];
        node.read(0, MemorySegment.ofArray(content));
        return content;
    }

    private void assertClean(Path image) throws Exception {
        String found = lab.run("qemu-img", "check", "-f", "qcow2", image.toString());
        assertEquals("No errors were found on the image.", found.lines().findFirst().orElse(""));
    }

    private void assertReadAlike(Path image) throws Exception {
        Path raw = scratch.resolve("raw");
        lab.run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image.toString(),
                raw.toString());
        try (Qcow2Node node = Qcow2Chain.open(image, OPTIONS.withReadOnly(true), false)) {
            assertEquals(-1, Arrays.mismatch(Files.readAllBytes(raw), read(node)));
        }
    }

    private byte[] snapshot(Path image, String name) throws Exception {
        Path raw = scratch.resolve("raw");
        lab.run("qemu-img", "convert", "-l", "snapshot.name=" + name, "-f", "qcow2", "-O", "raw",
                image.toString(), raw.toString());
        return Files.readAllBytes(raw);
    }

    private void assertMapsAlike(Path image) throws Exception {
        List<MapExtent> theirs = new ArrayList<>();
        Matcher line = LINE.matcher(lab.run("qemu-img", "map", "--output=json", "-f", "qcow2",
                image.toString()));
        while (line.find()) {
            boolean data = Boolean.parseBoolean(line.group(6));
            // QEMU looks for holes inside of clusters where a file seems preallocated.
            join(theirs, new MapExtent(Long.parseLong(line.group(1)),
                    Long.parseLong(line.group(2)), Integer.parseInt(line.group(3)),
                    Boolean.parseBoolean(line.group(4)),
                    !data && Boolean.parseBoolean(line.group(5)), data,
                    Boolean.parseBoolean(line.group(7)),
                    line.group(8) == null || line.group(4).equals("false") ? -1
                            : Long.parseLong(line.group(8))));
        }
        List<MapExtent> ours = new ArrayList<>();
        try (Qcow2Node node = Qcow2Chain.open(image, OPTIONS.withReadOnly(true), false)) {
            for (long at = 0; at < node.length();) {
                MapExtent extent = node.map(at, node.length() - at);
                join(ours, extent);
                at += extent.length();
            }
        }
        assertEquals(lines(theirs), lines(ours));
    }

    private static void join(List<MapExtent> lines, MapExtent next) {
        if (!lines.isEmpty() && lines.getLast().continuesIn(next)) {
            lines.set(lines.size() - 1, lines.getLast().longer(next.length()));
        } else {
            lines.add(next);
        }
    }

    private static String lines(List<MapExtent> map) {
        return map.stream().map(MapExtent::toString).collect(Collectors.joining("\n"));
    }
}
