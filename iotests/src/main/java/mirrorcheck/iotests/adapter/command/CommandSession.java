// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.command;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.nbd.ExportOptions;
import mirrorcheck.engine.nbd.NbdExport;
import mirrorcheck.engine.nbd.NbdServer;
import mirrorcheck.engine.nbd.ServerOptions;
import mirrorcheck.iotests.adapter.GuestDoor;
import mirrorcheck.iotests.adapter.MirrorHandle;
import mirrorcheck.iotests.adapter.Program;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.ends.Gate;
import mirrorcheck.iotests.ends.RecordingNode;
import mirrorcheck.iotests.ends.RequestLog;
import org.apache.commons.io.file.PathUtils;

/**
 * The programs that one script starts. An end that the program reaches by an NBD URI is an export
 * of the suite over a {@link RecordingNode} over the file, read-only for the source.
 */
final class CommandSession implements Session {
    /** What a mirror may be told without the program having to know. */
    private static final Set<String> TAKEN = Set.of("job-id", "device", "target", "sync");
    private static final Map<String, Object> DEFAULTS = Map.of("discard", "ignore",
            "detect-zeroes", "off");

    private final CommandSettings settings;
    private final Path program;
    private final Path scratch;
    private final Path directory;
    private final Runnable progress;
    private final NbdServer server;
    private final Map<String, End> ends = new HashMap<>();
    private final List<Program> programs = new ArrayList<>();

    /** An image; {@code node} is there while it is served. */
    private static final class End {
        private final Path file;
        private final RequestLog log = new RequestLog();
        private final Gate gate = new Gate();
        private BlockNode node;

        End(Path file) {
            this.file = file;
        }
    }

    /**
     * Listens for NBD clients.
     *
     * @param program   the first of argv, found
     * @param scratch   what programs print goes there, and stays
     * @param directory private and empty, with a short path; removed on close
     */
    CommandSession(CommandSettings settings, Path program, Path scratch, Path directory,
            Runnable progress) throws IOException {
        this.settings = settings;
        this.program = program;
        this.scratch = scratch;
        this.directory = directory;
        this.progress = progress;
        server = NbdServer.listen(UnixDomainSocketAddress.of(directory.resolve("ends.sock")),
                ServerOptions.DEFAULT);
    }

    @Override
    public void createImage(Map<String, Object> options) throws IOException {
        throw new IOException("image " + options.get("filename")
                + ": a program that copies creates no images");
    }

    @Override
    public synchronized void openNode(Map<String, Object> options) throws IOException {
        for (Map.Entry<String, Object> usual : DEFAULTS.entrySet()) {
            Object asked = options.getOrDefault(usual.getKey(), usual.getValue());
            if (!asked.equals(usual.getValue())) {
                throw new IOException("node '" + options.get("node-name") + "': " + usual.getKey()
                        + "=" + asked + ": a program that copies takes no such option");
            }
        }
        ends.put((String) options.get("node-name"),
                new End(Path.of((String) options.get("filename")).toAbsolutePath()));
    }

    @Override
    public synchronized void closeNode(String nodeName) throws IOException {
        unserve(nodeName, end(nodeName));
        ends.remove(nodeName);
    }

    @Override
    public synchronized MirrorHandle startMirror(Map<String, Object> options) throws IOException {
        for (String option : options.keySet()) {
            if (!TAKEN.contains(option)) {
                throw new IOException("mirror: " + option + "=" + options.get(option)
                        + ": a program that copies takes no such option");
            }
        }
        if (!options.getOrDefault("sync", "full").equals("full")) {
            throw new IOException("mirror: sync=" + options.get("sync")
                    + ": a program copies everything: full");
        }
        String id = (String) options.get("job-id");
        String source = (String) options.get("device");
        String target = (String) options.get("target");
        List<String> command = command(source, target);
        CommandMirror job = new CommandMirror(id, Files.size(end(source).file));
        Program running = new Program(command, directory, scratch.resolve(id + ".stderr"),
                scratch.resolve(id + ".stdout"));
        programs.add(running);
        job.started(running);
        return job;
    }

    /** The argv of one copy; ends that it needs are served from now on. */
    private List<String> command(String source, String target) throws IOException {
        Map<Placeholder, String> values = new HashMap<>(Map.of(
                Placeholder.SOURCE_PATH, end(source).file.toString(),
                Placeholder.TARGET_PATH, end(target).file.toString(),
                Placeholder.ADAPTER, settings.folder().toString()));
        if (Placeholder.SOURCE.isIn(settings.argv())) {
            values.put(Placeholder.SOURCE, serve(source, false));
        }
        if (Placeholder.TARGET.isIn(settings.argv())) {
            values.put(Placeholder.TARGET, serve(target, true));
        }
        List<String> command = new ArrayList<>(List.of(program.toString()));
        for (String argument : settings.argv().subList(1, settings.argv().size())) {
            command.add(Placeholder.LOOK.matcher(argument).replaceAll(match ->
                    Matcher.quoteReplacement(value(values, match.group()))));
        }
        return command;
    }

    private static String value(Map<Placeholder, String> values, String text) {
        return values.entrySet().stream().filter(value -> value.getKey().text().equals(text))
                .map(Map.Entry::getValue).findFirst().orElse(text);
    }

    private String serve(String name, boolean writable) throws IOException {
        End end = end(name);
        unserve(name, end);
        NodeOptions file = NodeOptions.named("file").withDiscard(Discard.UNMAP)
                .withReadOnly(!writable);
        BlockNode node = new RecordingNode("end", FileNode.open(end.file, file, false), end.log,
                end.gate, progress);
        end.node = node;
        server.add(name, NbdExport.of(node, writable), ExportOptions.ALL);
        return server.uri(name).toString();
    }

    private void unserve(String name, End end) throws IOException {
        if (end.node != null) {
            end.gate.open();
            server.remove(name, NbdServer.Removal.DISCONNECT);
            end.node.close();
            end.node = null;
        }
    }

    @Override
    public GuestDoor guest(String nodeName) throws IOException {
        throw new IOException("node '" + nodeName
                + "': a program that copies has no door for a guest");
    }

    @Override
    public synchronized RequestLog requests(String nodeName) {
        return end(nodeName).log;
    }

    @Override
    public synchronized Gate gate(String nodeName) {
        return end(nodeName).gate;
    }

    private End end(String nodeName) {
        End end = ends.get(nodeName);
        if (end == null) {
            throw new IllegalArgumentException("node '" + nodeName + "': not open");
        }
        return end;
    }

    @Override
    public synchronized void close() {
        ends.values().forEach(end -> end.gate.open());
        programs.forEach(Program::close);
        server.close();
        ends.values().forEach(end -> quietly(end.node));
        quietly(() -> PathUtils.deleteDirectory(directory));
    }

    private static void quietly(AutoCloseable resource) {
        try {
            if (resource != null) {
                resource.close();
            }
        } catch (Exception e) {
            // The program is gone and its images are thrown away: nobody is left to lose anything.
        }
    }
}
