// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import mirrorcheck.engine.block.BlockException;

/** The first cluster of a new image of length 0: header, extensions, backing file name. */
final class HeaderWriter {
    private static final int HEADER_BYTES = 112;

    private final CreateOptions options;
    private final ByteBuffer cluster;

    HeaderWriter(CreateOptions options) {
        this.options = options;
        this.cluster = ByteBuffer.allocate(options.clusterSize());
    }

    /**
     * Lays the cluster out.
     *
     * @param refcountTable where the refcount table of one cluster is
     * @throws BlockException EINVAL if the names do not fit into the cluster
     */
    byte[] write(long refcountTable) throws BlockException {
        boolean v3 = options.version() >= 3;
        cluster.putInt(0, Header.MAGIC).putInt(4, options.version());
        cluster.putInt(20, Integer.numberOfTrailingZeros(options.clusterSize()));
        cluster.putLong(48, refcountTable).putInt(56, 1);
        if (v3) {
            cluster.putLong(72, incompatible());
            cluster.putLong(80, options.lazyRefcounts() ? Feature.LAZY_REFCOUNTS : 0);
            cluster.putLong(88, options.dataFileRaw() ? Feature.DATA_FILE_RAW : 0);
            cluster.putInt(96, Integer.numberOfTrailingZeros(options.refcountBits()));
            cluster.putInt(100, HEADER_BYTES);
            cluster.put(Header.COMPRESSION_AT, (byte) (options.zstd() ? 1 : 0));
        }
        cluster.position(v3 ? HEADER_BYTES : Header.V2_BYTES);
        byte[] backing = bytes(options.backingFile());
        extension(Extensions.BACKING_FORMAT, bytes(options.backingFormat()));
        extension(Extensions.DATA_FILE, bytes(options.dataFile()));
        int names = 8 + Feature.NAMES.length * Extensions.FEATURE_NAME_BYTES;
        if (v3 && cluster.remaining() >= names + 8 + backing.length) {
            extension(Extensions.FEATURE_NAMES, featureNames());
        }
        extensionEnd();
        backingName(backing);
        return cluster.array();
    }

    private long incompatible() {
        return (options.dataFile() != null ? Feature.DATA_FILE : 0)
                | (options.zstd() ? Feature.COMPRESSION_TYPE : 0)
                | (options.extendedL2() ? Feature.EXTENDED_L2 : 0);
    }

    private static byte[] bytes(String text) {
        return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    }

    private void extension(int type, byte[] data) throws BlockException {
        if (data.length == 0) {
            return;
        }
        int padded = data.length + 7 & -8;
        if (cluster.remaining() < 8 + padded) {
            throw tooLong();
        }
        cluster.putInt(type).putInt(data.length);
        cluster.put(data).position(cluster.position() + padded - data.length);
    }

    private static byte[] featureNames() {
        ByteBuffer table =
                ByteBuffer.allocate(Feature.NAMES.length * Extensions.FEATURE_NAME_BYTES);
        for (int i = 0; i < Feature.NAMES.length; i++) {
            Feature.Name feature = Feature.NAMES[i];
            int at = i * Extensions.FEATURE_NAME_BYTES;
            table.put(at, (byte) feature.type()).put(at + 1, (byte) feature.bit());
            table.put(at + 2, bytes(feature.name()));
        }
        return table.array();
    }

    /** An end mark, unless the cluster ends. */
    private void extensionEnd() {
        if (cluster.remaining() >= 8) {
            cluster.putLong(0);
        }
    }

    private void backingName(byte[] name) throws BlockException {
        if (name.length == 0) {
            return;
        }
        if (name.length > Header.MAX_BACKING_NAME || name.length > cluster.remaining()) {
            throw tooLong();
        }
        cluster.putLong(8, cluster.position()).putInt(16, name.length);
        cluster.put(name);
    }

    private BlockException tooLong() {
        return BlockException.refused("names of backing file and data file: too long for a header "
                + "of one cluster: " + options.clusterSize() + " bytes");
    }
}
