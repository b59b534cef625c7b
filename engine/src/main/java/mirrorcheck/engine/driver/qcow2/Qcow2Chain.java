// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.driver.RawNode;
import mirrorcheck.engine.host.Errno;

/** Opens an image with the files that its header names: external data file, backing chain. */
public final class Qcow2Chain {
    /** More overlays than anyone stacks; a chain that comes back to itself ends here or before. */
    private static final int MAX_DEPTH = 200;
    private static final Pattern PROTOCOL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");
    private static final AtomicInteger GENERATED = new AtomicInteger();

    private final boolean direct;
    private final boolean noFlush;
    private final Set<Path> seen = new LinkedHashSet<>();

    private Qcow2Chain(boolean direct, boolean noFlush) {
        this.direct = direct;
        this.noFlush = noFlush;
    }

    /**
     * Opens a qcow2 image over a {@code file} node of its own, with all that is below it; backing
     * files are opened read-only. A relative backing file name starts at the image that has it, a
     * relative data file name at the working directory, as in QEMU 11.1.
     *
     * @param options of the qcow2 node; file nodes take over read-only and no-flush
     * @param direct  {@code cache.direct} of the file nodes
     * @throws BlockException as {@link Qcow2Node#open} and {@link FileNode#open}; ELOOP if a
     *         backing chain comes back to a file of its own; EINVAL for a backing format other than
     *         raw and qcow2, or a name that is no path; nothing stays open
     */
    public static Qcow2Node open(Path path, NodeOptions options, boolean direct)
            throws BlockException {
        return new Qcow2Chain(direct, options.noFlush()).openImage(path, options);
    }

    /** Opens what the header of an image names as its backing file, or null if it names none. */
    public static BlockNode openBacking(Path image, BlockNode file, boolean direct,
            boolean noFlush) throws BlockException {
        Qcow2Chain chain = new Qcow2Chain(direct, noFlush);
        chain.enter(image);
        return chain.backing(image, Header.read(file));
    }

    /** Opens the external data file that the header of an image names, or null if it has none. */
    public static BlockNode openDataFile(BlockNode file, boolean readOnly, boolean direct,
            boolean noFlush) throws BlockException {
        return new Qcow2Chain(direct, noFlush).dataFile(Header.read(file), readOnly);
    }

    private Qcow2Node openImage(Path path, NodeOptions options) throws BlockException {
        options.checked();
        enter(path);
        List<BlockNode> opened = new ArrayList<>();
        try {
            BlockNode file = openFile(path, options.readOnly());
            opened.add(file);
            Header header = Header.read(file);
            BlockNode dataFile = dataFile(header, options.readOnly());
            if (dataFile != null) {
                opened.add(dataFile);
            }
            BlockNode backing = backing(path, header);
            if (backing != null) {
                opened.add(backing);
            }
            return Qcow2Node.open(options,
                    new Qcow2Node.Children(file, dataFile, backing, opened));
        } catch (BlockException | RuntimeException | Error e) {
            for (BlockNode node : opened) {
                node.close();
            }
            throw e;
        }
    }

    private void enter(Path path) throws BlockException {
        Path real;
        try {
            real = path.toRealPath();
        } catch (IOException e) {
            real = path.toAbsolutePath().normalize();
        }
        if (!seen.add(real)) {
            throw new BlockException(Errno.ELOOP, "backing chain: '" + path
                    + "' is in it twice: depth " + seen.size());
        }
        if (seen.size() > MAX_DEPTH) {
            throw new BlockException(Errno.ELOOP, "backing chain: depth " + seen.size()
                    + ": must be at most " + MAX_DEPTH);
        }
    }

    private FileNode openFile(Path path, boolean readOnly) throws BlockException {
        return FileNode.open(path, options().withReadOnly(readOnly), direct);
    }

    private NodeOptions options() {
        return FilterNode.transparent(
                String.format("#qcow2chain%03d", GENERATED.getAndIncrement()))
                .withNoFlush(noFlush);
    }

    private BlockNode dataFile(Header header, boolean readOnly)
            throws BlockException {
        if (!header.hasDataFile()) {
            return null;
        }
        String name = header.extensions().dataFile();
        if (name == null) {
            throw BlockException.refused("'data-file' is required for this image");
        }
        return openFile(path(name), readOnly);
    }

    private BlockNode backing(Path image, Header header) throws BlockException {
        if (header.backingFile() == null) {
            return null;
        }
        Path path = resolve(image, header.backingFile());
        String format = header.extensions().backingFormat();
        if (format == null) {
            format = probe(path);
        }
        return switch (format) {
            case "qcow2" -> openImage(path, options().withReadOnly(true));
            case "raw", "file" -> openRaw(path);
            default -> throw BlockException.refused("backing file '" + path + "': format '"
                    + format + "': must be raw or qcow2");
        };
    }

    private BlockNode openRaw(Path path) throws BlockException {
        enter(path);
        FileNode file = openFile(path, true);
        try {
            return new RawNode(options().withReadOnly(true), file, true);
        } catch (BlockException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private String probe(Path path) throws BlockException {
        try (FileNode file = openFile(path, true)) {
            Table head = new Table(0, new ImageFile(file).read(0, 8), false);
            return head.getLong(0) >>> 32 == Header.MAGIC ? "qcow2" : "raw";
        }
    }

    private static Path resolve(Path image, String name) throws BlockException {
        return image.toAbsolutePath().resolveSibling(path(name));
    }

    private static Path path(String name) throws BlockException {
        String plain = name.startsWith("file:") ? name.substring("file:".length()) : name;
        if (PROTOCOL.matcher(plain).matches()) {
            throw BlockException.refused("file name '" + name
                    + "' in the header: must be a path: give the node in the options");
        }
        try {
            return Path.of(plain);
        } catch (InvalidPathException e) {
            throw new BlockException(Errno.EINVAL, "file name '" + name
                    + "' in the header: not a path: " + e.getReason(), e);
        }
    }
}
