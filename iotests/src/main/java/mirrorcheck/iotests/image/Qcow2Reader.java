// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import mirrorcheck.engine.host.HostFile;

/**
 * Reads one qcow2 layer back, by the specification and without any driver: which clusters it has,
 * and what is in them. Knows plain images: no compression, no encryption, no subclusters, no data
 * file; what else it meets is an error.
 */
public final class Qcow2Reader implements AutoCloseable {
    /** What a layer says of a cluster. */
    public enum State {
        /** Nothing: the layer below decides. */
        ABSENT("absent"),
        /** Data in a cluster of the file. */
        DATA("data"),
        /** Zero, without a cluster of the file. */
        ZERO("zero"),
        /** Zero, and a cluster of the file is kept for it. */
        ZERO_ALLOCATED("zero-allocated");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** The word in transcripts and scripts. */
        public String word() {
            return word;
        }
    }

    private static final long COMPRESSED = 1L << 62;
    /** Bits of the incompatible features: dirty and corrupt do not change how an image is read. */
    private static final long HARMLESS = 3;

    private final FileChannel channel;
    private final long size;
    private final int cluster;
    private final long l1;
    private final int l1Entries;
    private ByteBuffer table;
    private long tableAt = -1;

    /**
     * Opens a file.
     *
     * @throws IOException if it is not a plain qcow2 image of version 2 or 3
     */
    public Qcow2Reader(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        boolean opened = false;
        try {
            ByteBuffer header = read(0, Qcow2Files.HEADER_BYTES);
            int version = header.getInt(4);
            long unknown = version > 2 ? header.getLong(72) & ~HARMLESS : 0;
            if (header.getInt(0) != Qcow2Files.MAGIC || version < 2 || version > 3
                    || header.getInt(32) != 0 || unknown != 0) {
                throw new IOException(file + ": no plain qcow2 image: version " + version
                        + ", crypt_method " + header.getInt(32) + ", incompatible_features "
                        + unknown);
            }
            cluster = 1 << header.getInt(20);
            size = header.getLong(24);
            l1Entries = header.getInt(36);
            l1 = header.getLong(40);
            opened = true;
        } finally {
            if (!opened) {
                channel.close();
            }
        }
    }

    /** The size of the device, in bytes. */
    public long size() {
        return size;
    }

    /** In bytes. */
    public int cluster() {
        return cluster;
    }

    /**
     * What the layer says of the cluster that holds {@code offset}.
     *
     * @throws IOException for a compressed cluster or a table that lies outside the file
     */
    public State state(long offset) throws IOException {
        long entry = entry(offset);
        if ((entry & COMPRESSED) != 0) {
            throw new IOException("compressed cluster at " + offset);
        }
        boolean allocated = (entry & Qcow2Files.OFFSET_MASK) != 0;
        if ((entry & Qcow2Files.ZERO) != 0) {
            return allocated ? State.ZERO_ALLOCATED : State.ZERO;
        }
        return allocated ? State.DATA : State.ABSENT;
    }

    private long entry(long offset) throws IOException {
        long index = offset / cluster;
        int perL2 = cluster / Long.BYTES;
        if (index / perL2 >= l1Entries) {
            return 0;
        }
        long at = read(l1 + index / perL2 * Long.BYTES, Long.BYTES).getLong(0)
                & Qcow2Files.OFFSET_MASK;
        if (at == 0) {
            return 0;
        }
        if (at != tableAt) {
            table = read(at, cluster);
            tableAt = at;
        }
        return table.getLong((int) (index % perL2) * Long.BYTES);
    }

    /** Every cluster and its state. */
    public RangeMap<State> states() throws IOException {
        RangeMap<State> states = new RangeMap<>(size, State.ABSENT);
        for (long at = 0; at < size; at += cluster) {
            states.put(at, Math.min(cluster, size - at), state(at));
        }
        return states;
    }

    /**
     * Writes what the layer holds over a raw file, which may hold what lies below: data and zeroes
     * are written, the rest stays. The file takes the size of the device.
     *
     * @throws IOException if the layer cannot be read, or the host's reason
     */
    public void overlay(Path raw) throws IOException {
        try (HostFile host = HostFile.open(raw, HostFile.Option.READ_WRITE, HostFile.Option.CREATE);
                FileChannel out = FileChannel.open(raw, StandardOpenOption.WRITE)) {
            host.truncate(size);
            for (long at = 0; at < size; at += cluster) {
                int bytes = (int) Math.min(cluster, size - at);
                switch (state(at)) {
                    case ABSENT -> { }
                    case ZERO, ZERO_ALLOCATED -> host.punchHole(at, bytes);
                    case DATA -> {
                        ByteBuffer data = read(entry(at) & Qcow2Files.OFFSET_MASK, bytes);
                        for (long to = at; data.hasRemaining();) {
                            to += out.write(data, to);
                        }
                    }
                }
            }
        }
    }

    private ByteBuffer read(long offset, int bytes) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(bytes);
        int read = 1;
        while (into.hasRemaining() && read > 0) {
            read = channel.read(into, offset + into.position());
        }
        return into.clear();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
