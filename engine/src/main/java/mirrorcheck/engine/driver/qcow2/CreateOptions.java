// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import mirrorcheck.engine.block.BlockException;

/**
 * What a new image is to be like (QMP BlockdevCreateOptionsQcow2, or {@code qemu-img create -o}).
 *
 * @param size           length of the device in bytes; rounded up to a multiple of 512
 * @param version        2 or 3 ({@code version}; {@code compat} 0.10 or 1.1)
 * @param clusterSize    {@code cluster_size}: a power of two, 512 to 2 MiB
 * @param refcountBits   {@code refcount_bits}: a power of two, 1 to 64
 * @param extendedL2     {@code extended_l2}
 * @param lazyRefcounts  {@code lazy_refcounts}: the flag is set; refcounts are kept all the same
 * @param backingFile    {@code backing_file}: name as it is to stand in the header, or null
 * @param backingFormat  {@code backing_fmt}, or null
 * @param dataFile       {@code data_file}: name as it is to stand in the header, or null
 * @param dataFileRaw    {@code data_file_raw}
 * @param zstd           {@code compression_type} zstd rather than zlib
 * @param preallocation  {@code preallocation}
 */
public record CreateOptions(long size, int version, int clusterSize, int refcountBits,
        boolean extendedL2, boolean lazyRefcounts, String backingFile, String backingFormat,
        String dataFile, boolean dataFileRaw, boolean zstd, Qcow2Preallocation preallocation) {
    /** The cluster size without the option: 64 KiB. */
    public static final int DEFAULT_CLUSTER_SIZE = 64 << 10;

    /** A version 3 image with clusters of 64 KiB, refcounts of 16 bits and nothing special. */
    public static CreateOptions ofSize(long size) {
        return new CreateOptions(size, 3, DEFAULT_CLUSTER_SIZE, 16, false, false, null, null, null,
                false, false, Qcow2Preallocation.OFF);
    }

    public CreateOptions withVersion(int value) {
        return new CreateOptions(size, value, clusterSize, refcountBits, extendedL2, lazyRefcounts,
                backingFile, backingFormat, dataFile, dataFileRaw, zstd, preallocation);
    }

    public CreateOptions withClusterSize(int value) {
        return new CreateOptions(size, version, value, refcountBits, extendedL2, lazyRefcounts,
                backingFile, backingFormat, dataFile, dataFileRaw, zstd, preallocation);
    }

    public CreateOptions withRefcountBits(int value) {
        return new CreateOptions(size, version, clusterSize, value, extendedL2, lazyRefcounts,
                backingFile, backingFormat, dataFile, dataFileRaw, zstd, preallocation);
    }

    public CreateOptions withExtendedL2(boolean value) {
        return new CreateOptions(size, version, clusterSize, refcountBits, value, lazyRefcounts,
                backingFile, backingFormat, dataFile, dataFileRaw, zstd, preallocation);
    }

    public CreateOptions withLazyRefcounts(boolean value) {
        return new CreateOptions(size, version, clusterSize, refcountBits, extendedL2, value,
                backingFile, backingFormat, dataFile, dataFileRaw, zstd, preallocation);
    }

    public CreateOptions withBacking(String file, String format) {
        return new CreateOptions(size, version, clusterSize, refcountBits, extendedL2,
                lazyRefcounts, file, format, dataFile, dataFileRaw, zstd, preallocation);
    }

    public CreateOptions withDataFile(String file, boolean raw) {
        return new CreateOptions(size, version, clusterSize, refcountBits, extendedL2,
                lazyRefcounts, backingFile, backingFormat, file, raw, zstd, preallocation);
    }

    public CreateOptions withZstd(boolean value) {
        return new CreateOptions(size, version, clusterSize, refcountBits, extendedL2,
                lazyRefcounts, backingFile, backingFormat, dataFile, dataFileRaw, value,
                preallocation);
    }

    public CreateOptions withPreallocation(Qcow2Preallocation value) {
        return new CreateOptions(size, version, clusterSize, refcountBits, extendedL2,
                lazyRefcounts, backingFile, backingFormat, dataFile, dataFileRaw, zstd, value);
    }

    /**
     * Refuses what no image can be like.
     *
     * @return these options
     * @throws BlockException EINVAL with the text that QEMU has for it where it has one
     */
    public CreateOptions checked() throws BlockException {
        require(size >= 0 && size <= Header.MAX_SIZE,
                "size " + size + ": must be 0 to " + Header.MAX_SIZE);
        require(version == 2 || version == 3, "version " + version + ": must be 2 or 3");
        require(isPowerOfTwo(clusterSize, 512, 2 << 20),
                "Cluster size must be a power of two between 512 and 2048k");
        require(isPowerOfTwo(refcountBits, 1, 64),
                "Refcount width must be a power of two and may not exceed 64 bits");
        require(version == 3 || refcountBits == 16, "Different refcount widths than 16 bits "
                + "require compatibility level 1.1 or above (use version=v3 or greater)");
        require(version == 3 || !lazyRefcounts, "Lazy refcounts only supported with compatibility "
                + "level 1.1 and above (use version=v3 or greater)");
        require(version == 3 || !extendedL2, "Extended L2 entries are only supported with "
                + "compatibility level 1.1 and above (use version=v3 or greater)");
        require(!extendedL2 || clusterSize >= 1 << Header.MIN_EXTENDED_CLUSTER_BITS,
                "Extended L2 entries are only supported with cluster sizes of at least 16384 "
                + "bytes");
        require(version == 3 || !zstd, "Non-zlib compression type is only supported with "
                + "compatibility level 1.1 and above (use version=v3 or greater)");
        checkFiles();
        return this;
    }

    private void checkFiles() throws BlockException {
        require(version == 3 || dataFile == null, "External data files are only supported with "
                + "compatibility level 1.1 and above (use version=v3 or greater)");
        require(!dataFileRaw || dataFile != null, "data-file-raw requires data-file");
        require(!dataFileRaw || backingFile == null,
                "Backing file and data-file-raw cannot be used at the same time");
        require(backingFormat == null || backingFile != null,
                "Backing format cannot be used without backing file");
        require(backingFile == null || preallocation == Qcow2Preallocation.OFF,
                "Backing file and preallocation cannot be used at the same time");
    }

    private static boolean isPowerOfTwo(int value, int least, int most) {
        return value >= least && value <= most && Integer.bitCount(value) == 1;
    }

    private static void require(boolean holds, String otherwise) throws BlockException {
        if (!holds) {
            throw BlockException.refused(otherwise);
        }
    }
}
