// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.block.Zeroes;

/** Creates qcow2 images, as QMP {@code blockdev-create} with driver {@code qcow2} does. */
public final class Qcow2Create {
    /** The first clusters: the header, the refcount table, the first refcount block. */
    private static final int CLUSTERS = 3;

    private Qcow2Create() {
    }

    /**
     * Makes a file a qcow2 image that reads as zero, or as its backing file; what the file held is
     * lost.
     *
     * @param file     writable, and able to change its length
     * @param dataFile the external data file, or null; it is given the length of the device
     * @throws BlockException EINVAL for options that no image can have, before anything changes;
     *         otherwise from the host, and the file is left with any content
     */
    public static void create(BlockNode file, BlockNode dataFile, CreateOptions options)
            throws BlockException {
        options.checked();
        byte[] header = new HeaderWriter(options).write(options.clusterSize());
        file.resize(0);
        file.resize((long) CLUSTERS * options.clusterSize());
        ImageFile image = new ImageFile(file);
        image.write(0, header);
        image.write(options.clusterSize(), firstTable(options));
        image.write(2L * options.clusterSize(), firstBlock(options));
        try (Qcow2Node node = Qcow2Node.open(FilterNode.transparent("#qcow2create"),
                new Qcow2Node.Children(file, dataFile, null, List.of()))) {
            if (dataFile != null) {
                dataFile.resize(0);
            }
            node.resize(options.size());
            if (options.preallocation() != Qcow2Preallocation.OFF || options.dataFileRaw()) {
                preallocate(node, options.preallocation());
            }
        }
    }

    private static byte[] firstTable(CreateOptions options) {
        Table table = new Table(0, new byte[options.clusterSize()], false);
        table.setLong(0, 2L * options.clusterSize());
        return table.bytes();
    }

    private static byte[] firstBlock(CreateOptions options) {
        Table block = new Table(0, new byte[options.clusterSize()], false);
        RefcountBits bits = new RefcountBits(Integer.numberOfTrailingZeros(options.refcountBits()));
        for (int cluster = 0; cluster < CLUSTERS; cluster++) {
            bits.set(block, cluster, 1);
        }
        return block.bytes();
    }

    /** Gives every guest cluster a place; it goes on reading as zero. */
    private static void preallocate(Qcow2Node node, Qcow2Preallocation mode)
            throws BlockException {
        Image image = node.image();
        image.beginWrite();
        Geometry geometry = image.geometry();
        long end = geometry.alignUp(node.length());
        for (long at = 0; at < end;) {
            Target target;
            image.lock().lock();
            try {
                target = Target.choose(image, at, end - at);
                target.link(image, at);
            } finally {
                image.lock().unlock();
            }
            allocate(image.data(), target, mode);
            at += target.bytes();
            node.relieve();
        }
    }

    private static void allocate(BlockNode data, Target target, Qcow2Preallocation mode)
            throws BlockException {
        long bytes = Math.min(target.bytes(), data.length() - target.host());
        switch (mode) {
            case OFF, METADATA -> {
                // The file reads as zero where it was never written.
            }
            case FALLOC -> data.writeZeroes(target.host(), bytes, WriteFlag.NONE);
            case FULL -> {
                for (long done = 0; done < bytes; done += Zeroes.BYTES) {
                    long part = Math.min(Zeroes.BYTES, bytes - done);
                    data.write(target.host() + done, Zeroes.bytes().asSlice(0, part),
                            WriteFlag.NONE);
                }
            }
        }
    }
}
