// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.block.AbstractNode;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;

/**
 * The format node of a qcow2 image: driver {@code qcow2}.
 *
 * <p>Metadata stays in memory until a flush, or until there is much of it, and then reaches the
 * file in an order that never leaves a corrupt image. A node that is not flushed before the host
 * fails has lost what was written since the last flush; {@link #close} flushes.
 *
 * <p>Images with the dirty bit or the corrupt bit can be opened read-only. An inconsistency found
 * on the way fails the request with EIO, and the image is not written to from then on.
 */
public final class Qcow2Node extends AbstractNode {
    /** The nodes below, and which of them to close with this one. */
    public static final class Children {
        private final BlockNode file;
        private final BlockNode dataFile;
        private final BlockNode backing;
        private final List<BlockNode> owned;

        /**
         * @param file     holds the image; it should let discards through
         * @param dataFile holds the guest data if the image says so, otherwise null
         * @param backing  answers for what the image does not have, or null: zero then
         * @param owned    those to close when the node is closed
         */
        public Children(BlockNode file, BlockNode dataFile, BlockNode backing,
                List<BlockNode> owned) {
            this.file = file;
            this.dataFile = dataFile;
            this.backing = backing;
            this.owned = List.copyOf(owned);
        }
    }

    private final Children children;
    private final Image image;
    private final Reader reader;
    private final Writer writer;
    private final Zeroer zeroer;
    private final StatusScan status;
    private final Checkpoint checkpoint;
    private final Resizer resizer;

    private Qcow2Node(NodeOptions options, Children children, Header header)
            throws BlockException {
        super(options);
        this.children = children;
        image = new Image(options.nodeName(), header, children.file, children.dataFile,
                children.backing);
        checkpoint = new Checkpoint(image);
        reader = new Reader(image);
        writer = new Writer(image, reader);
        zeroer = new Zeroer(image, reader, writer, checkpoint);
        status = new StatusScan(image);
        resizer = new Resizer(image, zeroer, checkpoint);
        if (!options.readOnly()) {
            prepareToWrite();
        }
    }

    /**
     * Opens an image.
     *
     * @throws BlockException EINVAL naming field, value and bound of a header that is not
     *         supported; EACCES for a dirty or corrupt image unless it is read-only; EINVAL if the
     *         image wants an external data file and has none, or the reverse; the children stay
     *         open
     */
    public static Qcow2Node open(NodeOptions options, Children children) throws BlockException {
        options.checked();
        Header header = Header.read(children.file);
        if (header.hasDataFile() != (children.dataFile != null)) {
            throw BlockException.refused(header.hasDataFile()
                    ? "'data-file' is required for this image"
                    : "'data-file' can only be set for images with an external data file");
        }
        return new Qcow2Node(options, children, header);
    }

    private void prepareToWrite() throws BlockException {
        Usability.refuseToWrite(image.header());
        image.prepareToWrite();
    }

    /** What the image was opened with; constant. */
    Header header() {
        return image.header();
    }

    /** For creation, which fills the image before anyone uses it. */
    Image image() {
        return image;
    }

    /** Brings metadata to the file if there is more in memory than there should be. */
    void relieve() throws BlockException {
        checkpoint.runIfDue();
    }

    @Override
    public long length() {
        return image.length();
    }

    @Override
    public Limits limits() {
        boolean zeroes = image.header().hasZeroClusters() || !image.hidesBacking();
        return new Limits(1, image.geometry().clusterSize(), Long.MAX_VALUE, Long.MAX_VALUE,
                zeroes);
    }

    /** A cluster, if the header names a backing file and the image was opened without it. */
    @Override
    public long firstWriteUnit() {
        return children.backing == null && image.hidesBacking() ? image.geometry().clusterSize()
                : 0;
    }

    /** As many as the node below that gains from most. */
    @Override
    public int usefulRequests() {
        return children().stream().mapToInt(BlockNode::usefulRequests).max().orElseThrow();
    }

    @Override
    public List<BlockNode> children() {
        List<BlockNode> below = new ArrayList<>(List.of(children.file));
        if (children.backing != null) {
            below.add(children.backing);
        }
        if (children.dataFile != null) {
            below.add(children.dataFile);
        }
        return below;
    }

    /** The backing node, or null. */
    public BlockNode backing() {
        return children.backing;
    }

    @Override
    protected void doReopen(NodeOptions changed) throws BlockException {
        if (!changed.readOnly()) {
            prepareToWrite();
        } else if (!options().readOnly()) {
            checkpoint.run();
        }
    }

    @Override
    protected void doRead(long offset, MemorySegment into) throws BlockException {
        long ticket;
        image.lock().lock();
        try {
            ticket = image.reads().begin();
        } finally {
            image.lock().unlock();
        }
        try {
            reader.read(offset, into);
        } finally {
            image.lock().lock();
            try {
                image.reads().end(ticket);
            } finally {
                image.lock().unlock();
            }
        }
    }

    @Override
    protected void doWrite(long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        writer.write(offset, from);
        checkpoint.runIfDue();
    }

    @Override
    protected void doWriteZeroes(long offset, long bytes, Set<WriteFlag> flags)
            throws BlockException {
        zeroer.zero(offset, bytes, flags.contains(WriteFlag.MAY_UNMAP),
                flags.contains(WriteFlag.FAST_ZERO));
    }

    @Override
    protected void doDiscard(long offset, long bytes) throws BlockException {
        zeroer.discard(offset, bytes);
    }

    @Override
    protected void doFlush() throws BlockException {
        if (!options().readOnly()) {
            checkpoint.run();
        }
    }

    /** Of the data; the metadata is still in memory, and is to reach the disk after it. */
    @Override
    protected void doStartWriteback() {
        children().getFirst().startWriteback();
    }

    @Override
    protected Extent doBlockStatus(long offset, long bytes) throws BlockException {
        return status.status(offset, bytes);
    }

    @Override
    public Extent allocatedInTop(long offset, long bytes) throws BlockException {
        return status.allocatedInTop(offset, clipForStatus(offset, bytes));
    }

    /**
     * Tells which layer of the backing chain decides what a range reads as; backing nodes of other
     * drivers count as one layer.
     *
     * @return a line that starts at {@code offset}, 1 to {@code bytes} bytes long
     * @throws BlockException as {@link #blockStatus}
     */
    public MapExtent map(long offset, long bytes) throws BlockException {
        return new ChainMap(image).map(offset, clipForStatus(offset, bytes));
    }

    @Override
    public void resize(long length) throws BlockException {
        resizer.resize(length, options().readOnly());
    }

    @Override
    protected void doClose() throws BlockException {
        BlockException failure = null;
        try {
            if (!options().readOnly() && image.hasBegun()) {
                checkpoint.run();
                image.file().trim();
            }
        } catch (BlockException e) {
            failure = e;
        }
        for (BlockNode child : children.owned) {
            try {
                child.close();
            } catch (BlockException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
