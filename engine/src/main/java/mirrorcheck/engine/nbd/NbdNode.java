// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.util.Set;
import mirrorcheck.engine.block.AbstractNode;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.block.Zeroes;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.nbd.wire.BlockSizes;
import mirrorcheck.engine.nbd.wire.Chunk;
import mirrorcheck.engine.nbd.wire.Command;
import mirrorcheck.engine.nbd.wire.Flags;

/**
 * The protocol node over an export of an NBD server: driver {@code nbd}.
 *
 * <p>One connection carries the requests of all threads, many in flight. When it ends, requests
 * fail with EIO; it is not made again. What the server does not offer is done without: zero bytes
 * are written for zero writes, discards are dropped, FUA becomes a flush, and all is data without
 * base:allocation (rule STATUS-2).
 *
 * <p>An export whose size is no multiple of 512 is rounded up (rule SIZE-1): what lies beyond its
 * end reads as zero, and zeroes written there are dropped, as the server has no room for them.
 */
public final class NbdNode extends AbstractNode {
    private static final int SECTOR = 512;

    private final NbdClient client;
    private final PayloadPool pool = new PayloadPool();
    private final long size;
    private final int flags;
    private final Limits limits;

    private NbdNode(NodeOptions options, NbdClient client) throws BlockException {
        super(options);
        this.client = client;
        this.size = client.agreement().info().size();
        this.flags = client.agreement().info().flags();
        this.limits = limits(client.agreement().sizes());
        if (length() < 0) {
            throw new BlockException(Errno.EINVAL, options.nodeName() + ": nbd export size " + size
                    + ": must be 0 to 9223372036854775296");
        }
        if (!options.readOnly() && offers(Flags.READ_ONLY)) {
            throw new BlockException(Errno.EACCES,
                    "Could not open image: " + Errno.EACCES.text());
        }
    }

    /**
     * Connects to an export and negotiates; blocks meanwhile, 30 s at most once the server has
     * accepted, or until the thread is interrupted.
     *
     * @param address    of the server, unix or TCP
     * @param exportName empty for the default export
     * @throws BlockException with QEMU's texts: {@code Failed to connect to '<address>': <reason>},
     *         {@code Requested export not available}; EACCES and
     *         {@code Could not open image: Permission denied} for a read-only export unless the
     *         options say read-only; EIO if the server breaks the protocol; nothing stays open
     */
    public static NbdNode connect(NodeOptions options, SocketAddress address, String exportName)
            throws BlockException {
        options.checked();
        NbdClient client = NbdClient.connect(address, exportName);
        try {
            return new NbdNode(options, client);
        } catch (BlockException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private Limits limits(BlockSizes sizes) {
        boolean zeroes = offers(Flags.SEND_WRITE_ZEROES);
        if (sizes == null) {
            // Nothing is known of the server: what every server takes.
            int alignment = size % SECTOR == 0 ? SECTOR : 1;
            return new Limits(alignment, 0, BlockSizes.MAX_PAYLOAD, BlockSizes.MAX_PAYLOAD, zeroes);
        }
        long most = Math.min(sizes.maximum(), BlockSizes.MAX_PAYLOAD);
        long whole = most - most % sizes.minimum();
        return new Limits(sizes.minimum(), 0, whole, whole, zeroes);
    }

    private boolean offers(int flag) {
        return (flags & flag) != 0;
    }

    /** The size of the export in bytes, as the server says. */
    public long exportSize() {
        return size;
    }

    /** The transmission flags of the export, as the server says: bits of {@link Flags}. */
    public int exportFlags() {
        return flags;
    }

    /** Whether the server tells zeroes from data: base:allocation. */
    public boolean knowsStatus() {
        return client.agreement().context() != null;
    }

    @Override
    public long length() {
        return size + SECTOR - 1 & -SECTOR;
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    protected boolean hasFua() {
        return offers(Flags.SEND_FUA);
    }

    @Override
    protected void doRead(long offset, MemorySegment into) throws BlockException {
        long bytes = inside(offset, into.byteSize());
        if (bytes > 0 && into.isAccessibleBy(client.reader())) {
            fetch(offset, into.asSlice(0, bytes));
        } else if (bytes > 0) {
            // Memory of a confined arena: replies are read by a thread that may not touch it.
            MemorySegment shared = pool.take(bytes);
            try {
                fetch(offset, shared.asSlice(0, bytes));
                MemorySegment.copy(shared, 0, into, 0, bytes);
            } finally {
                pool.give(shared);
            }
        }
        into.asSlice(bytes).fill((byte) 0);
    }

    private void fetch(long offset, MemorySegment into) throws BlockException {
        Command command = command(Command.READ, 0, offset, into.byteSize());
        client.request(new PendingRead(command, into), null, nodeName());
    }

    @Override
    protected void doWrite(long offset, MemorySegment from, Set<WriteFlag> writeFlags)
            throws BlockException {
        long bytes = inside(offset, from.byteSize());
        if (bytes < from.byteSize() && !Zeroes.isZero(from.asSlice(bytes))) {
            throw new BlockException(Errno.ENOSPC, nodeName() + ": write at " + offset + ", "
                    + from.byteSize() + " bytes: data behind the end of the export: " + size);
        }
        if (bytes > 0) {
            int fua = flag(writeFlags, WriteFlag.FUA, Command.FLAG_FUA);
            Command command = command(Command.WRITE, fua, offset, bytes);
            client.request(new PendingReply(command), from.asSlice(0, bytes), nodeName());
        }
    }

    @Override
    protected void doWriteZeroes(long offset, long bytes, Set<WriteFlag> writeFlags)
            throws BlockException {
        if (!offers(Flags.SEND_WRITE_ZEROES)) {
            throw notOffered("zero writes");
        }
        int fast = flag(writeFlags, WriteFlag.FAST_ZERO, Command.FLAG_FAST_ZERO);
        if (fast != 0 && !offers(Flags.SEND_FAST_ZERO)) {
            throw notOffered("fast zero writes");
        }
        int hole = writeFlags.contains(WriteFlag.MAY_UNMAP) ? 0 : Command.FLAG_NO_HOLE;
        int fua = flag(writeFlags, WriteFlag.FUA, Command.FLAG_FUA);
        send(Command.WRITE_ZEROES, fast | hole | fua, offset, bytes);
    }

    @Override
    protected void doDiscard(long offset, long bytes) throws BlockException {
        if (!offers(Flags.SEND_TRIM)) {
            throw notOffered("trims");
        }
        send(Command.TRIM, 0, offset, bytes);
    }

    /** Sends a request without data for what of the range the server knows. */
    private void send(int type, int commandFlags, long offset, long bytes) throws BlockException {
        long inside = inside(offset, bytes);
        if (inside > 0) {
            Command command = command(type, commandFlags, offset, inside);
            client.request(new PendingReply(command), null, nodeName());
        }
    }

    @Override
    protected void doFlush() throws BlockException {
        if (offers(Flags.SEND_FLUSH)) {
            Command command = command(Command.FLUSH, 0, 0, 0);
            client.request(new PendingReply(command), null, nodeName());
        }
    }

    @Override
    protected Extent doBlockStatus(long offset, long bytes) throws BlockException {
        long inside = inside(offset, bytes);
        if (inside == 0) {
            return new Extent(offset, bytes, BlockStatus.ZERO);
        }
        Integer context = client.agreement().context();
        if (context == null) {
            return new Extent(offset, inside, BlockStatus.DATA);
        }
        long alignment = limits.requestAlignment();
        long start = offset & -alignment;
        long wanted = Math.min(size - start, offset - start + inside + alignment - 1 & -alignment);
        Command command = command(Command.BLOCK_STATUS, Command.FLAG_REQ_ONE, start,
                Math.min(wanted, Command.MAX_LENGTH & -alignment));
        PendingStatus pending = new PendingStatus(command, context);
        client.request(pending, null, nodeName());
        long end = start + pending.extent().bytes();
        if (end <= offset) {
            // Shorter than a block, which the server should not be: nothing is known.
            return new Extent(offset, Math.min(inside, alignment), BlockStatus.DATA);
        }
        return new Extent(offset, Math.min(inside, end - offset),
                status(pending.extent().flags()));
    }

    private static BlockStatus status(int state) {
        if ((state & Chunk.STATE_ZERO) != 0) {
            return BlockStatus.ZERO;
        }
        return (state & Chunk.STATE_HOLE) != 0 ? BlockStatus.UNDEFINED : BlockStatus.DATA;
    }

    /** Ends the connection: requests, those in flight too, fail with EIO. The node stays open. */
    public void disconnect() {
        client.close();
    }

    @Override
    protected void doClose() {
        client.close();
    }

    private Command command(int type, int commandFlags, long offset, long bytes) {
        return new Command(commandFlags, type, client.nextCookie(), offset, bytes);
    }

    /** How much of a range the server knows; the rest is rounding. */
    private long inside(long offset, long bytes) {
        return Math.max(0, Math.min(bytes, size - offset));
    }

    private static int flag(Set<WriteFlag> flags, WriteFlag flag, int bit) {
        return flags.contains(flag) ? bit : 0;
    }

    private BlockException notOffered(String what) {
        return new BlockException(Errno.EOPNOTSUPP,
                nodeName() + ": the server does not offer " + what);
    }
}
