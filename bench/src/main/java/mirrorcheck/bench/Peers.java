// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import mirrorcheck.iotests.adapter.qmp.DaemonSettings;
import mirrorcheck.iotests.ends.Request;
import mirrorcheck.iotests.host.AtomicWrite;
import mirrorcheck.iotests.host.Executables;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.judge.Skipped;
import mirrorcheck.iotests.run.Adapters;
import mirrorcheck.iotests.run.SuiteTree;
import org.apache.commons.io.file.PathUtils;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Times the engine's daemon and other programs at the same copies: {@code bench/peers}.
 *
 * <p>In each turn every program copies once, another one first each time, to a new target, with the
 * source in the page cache, memory that is really there and nothing left to be written back; so
 * whatever else the machine does meets all of them alike. After each copy the target is compared with the source.
 */
final class Peers {
    /** The engine's daemon, as the table calls it; the ratios are its times to those of others. */
    static final String ENGINE = "engine";
    /** The same for one that does not wait for the disk. */
    static final String NO_FLUSH = " no-flush";

    private static final int USAGE = 2;

    private final PeerOptions options;
    private final ScratchDirectory scratch;
    private final Path root;
    private final PrintStream out;
    private final DiskBusy disk;

    private Peers(PeerOptions options, ScratchDirectory scratch, Path root, PrintStream out)
            throws IOException {
        this.options = options;
        this.scratch = scratch;
        this.root = root;
        this.out = out;
        this.disk = DiskBusy.of(scratch.path());
    }

    /**
     * Run by {@code bench/peers}, which sets the properties mirrorcheck.scratch and
     * mirrorcheck.root.
     */
    public static void main(String[] args) {
        PeerOptions options = new PeerOptions();
        CommandLine line = new CommandLine(options);
        try {
            line.parseArgs(args);
            if (options.help) {
                line.usage(System.out);
                return;
            }
            new Peers(options, ScratchDirectory.named(),
                    Path.of(System.getProperty("mirrorcheck.root")), System.out).run();
        } catch (ParameterException | IllegalArgumentException | HarnessError | Skipped e) {
            fail(e.getMessage(), USAGE);
        } catch (IOException e) {
            fail(e.getMessage(), 1);
        } catch (InterruptedException e) {
            fail("interrupted", 1);
        }
    }

    private static void fail(String why, int code) {
        System.err.println("bench/peers: " + why);
        System.exit(code);
    }

    private void run() throws IOException, InterruptedException {
        if (options.runs < 1) {
            throw new IllegalArgumentException("--runs " + options.runs + ": must be 1 or more");
        }
        List<PeerCase> cases = (options.cases.isEmpty() ? PeerCase.words() : options.cases)
                .stream().map(PeerCase::of).toList();
        List<Peer> peers = peers();
        Map<String, Object> all = new LinkedHashMap<>();
        for (PeerCase what : cases) {
            Map<String, PeerTimes> times = measure(what,
                    peers.stream().filter(peer -> peer.takes(what)).toList());
            out.println(new PeerTable(title(what), times));
            all.put(what.word(), times);
        }
        if (options.json != null) {
            AtomicWrite.write(options.json, JsonMapper.builder().build()
                    .writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
        }
    }

    private List<Peer> peers() {
        List<Peer> peers = new ArrayList<>();
        addDaemon(peers, ENGINE, root.resolve("engine/mirrorcheck-storage-daemon"));
        options.daemons.forEach((name, path) -> addDaemon(peers, name, path));
        Predicate<PeerCase> raw = what -> !what.direct() && what.formats() == FormatPair.RAW;
        peers.add(new CommandPeer("cp", List.of("cp", "--sparse=auto", "{source}", "{target}"),
                raw));
        peers.add(new CommandPeer("cp, sync", List.of("sh", "-c",
                "cp --sparse=auto \"$1\" \"$2\" && sync -d \"$2\"", "sh", "{source}", "{target}"),
                raw));
        find(options.qemuImg, "qemu-img").ifPresent(program -> peers.add(new CommandPeer(
                "qemu-img convert", List.of(program, "convert", "-f", "{source-format}", "-O",
                "{target-format}", "{source}", "{target}"), what -> !what.direct())));
        find(options.qemuImg, "qemu-img").ifPresent(program -> peers.add(new CommandPeer(
                "qemu-img convert -C", List.of(program, "convert", "-C", "-f", "{source-format}",
                "-O", "{target-format}", "{source}", "{target}"), raw)));
        find(options.nbdcopy, "nbdcopy").ifPresent(program -> peers.add(new CommandPeer("nbdcopy",
                List.of(program, "{source}", "{target}"), raw)));
        peers.add(new BarePeer("bare threads"));
        options.adapters.forEach(name -> addAdapter(peers, name));
        if (!options.only.isEmpty()) {
            peers.removeIf(peer -> !options.only.contains(peer.name()));
        }
        if (peers.isEmpty()) {
            throw new IllegalArgumentException("--only " + String.join(",", options.only)
                    + ": no such program");
        }
        return peers;
    }

    private void addDaemon(List<Peer> peers, String name, Path program) {
        peers.add(new DaemonPeer(name, DaemonSettings.of(program), options.warm, false));
        peers.add(new DaemonPeer(name + NO_FLUSH, DaemonSettings.of(program), options.warm,
                true));
    }

    private void addAdapter(List<Peer> peers, String name) {
        Peer added = new AdapterPeer(Adapters.standard(new SuiteTree(root)).create(name, null));
        if (peers.stream().anyMatch(peer -> peer.name().equals(added.name()))) {
            throw new IllegalArgumentException("--adapter " + name + ": the table has one of "
                    + "this name already");
        }
        peers.add(added);
    }

    private static Optional<String> find(Path named, String usual) {
        return Executables.find(named == null ? usual : named.toAbsolutePath().toString(),
                Path.of("")).map(Path::toString);
    }

    private Map<String, PeerTimes> measure(PeerCase what, List<Peer> peers)
            throws IOException, InterruptedException {
        Path source = scratch.image("peers-source", what.formats().source());
        Map<String, PeerTimes> times = new LinkedHashMap<>();
        peers.forEach(peer -> times.put(peer.name(), new PeerTimes()));
        try (SourceImage image = SourceImage.create(source, what.formats().source(), what.shape(),
                size(what))) {
            List<Peer> order = new ArrayList<>(peers);
            for (int turn = 0; turn <= options.runs; turn++) {
                // What one copy leaves behind must not always meet the same program.
                Collections.rotate(order, 1);
                for (Peer peer : order) {
                    // The first turn does not count.
                    PeerTimes own = turn > 0 ? times.get(peer.name()) : new PeerTimes();
                    checked(what, peer, image, (target, directory) ->
                            time(what, peer, source, target, directory, own));
                }
            }
            count(what, peers, image);
        }
        return times;
    }

    private Void time(PeerCase what, Peer peer, Path source, Path target, Path directory,
            PeerTimes times) throws IOException, InterruptedException {
        OptionalLong before = disk.millis();
        long nanos = peer.copy(what, source, target, directory);
        OptionalLong after = disk.millis();
        times.copy().add(nanos / (double) TimeUnit.MILLISECONDS.toNanos(1));
        if (after.isPresent() && !options.warm) {
            times.diskBusy().add((double) (after.getAsLong() - before.orElse(0)));
        }
        return null;
    }

    /** Not in the turns: ends that the suite serves, and watches, take their time. */
    private void count(PeerCase what, List<Peer> peers, SourceImage source)
            throws IOException, InterruptedException {
        Map<String, List<Request>> requests = new LinkedHashMap<>();
        for (Peer peer : options.counts ? peers : List.<Peer>of()) {
            if (peer instanceof AdapterPeer shown && shown.showsRequests(what)) {
                requests.put(peer.name(), checked(what, peer, source, (target, directory) ->
                        shown.requests(what, source.path(), target, directory)));
            }
        }
        if (!requests.isEmpty()) {
            out.println(new CountTable(title(what), requests));
        }
    }

    private String title(PeerCase what) {
        return what.word() + ", " + (size(what) >> 20) + " MiB";
    }

    private long size(PeerCase what) {
        return ImageSize.parse(options.size, what.size());
    }

    private interface Copy<T> {
        T run(Path target, Path directory) throws IOException, InterruptedException;
    }

    /** Makes a target and a directory for a copy, compares the target with the source afterwards. */
    private <T> T checked(PeerCase what, Peer peer, SourceImage source, Copy<T> copy)
            throws IOException, InterruptedException {
        ImageFormat format = what.formats().target();
        Path target = scratch.image("peers-target", format);
        Path directory = Files.createTempDirectory("peers");
        try {
            Files.deleteIfExists(target);
            if (peer.wantsTarget()) {
                format.create(target, new ImageModel(source.size()));
            }
            scratch.settle(directory);
            WarmMemory.forCopyOf(source.model().allocatedBytes());
            T answer = copy.run(target, directory);
            OptionalLong differs = format.firstDifference(target, source.model());
            if (differs.isPresent()) {
                throw new IOException(peer.name() + ": " + what.word()
                        + ": target differs from the source: first at offset "
                        + differs.getAsLong());
            }
            return answer;
        } finally {
            Files.deleteIfExists(target);
            PathUtils.deleteDirectory(directory);
        }
    }
}
