// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.driver.qcow2.CreateOptions;
import mirrorcheck.engine.driver.qcow2.Qcow2Create;
import mirrorcheck.engine.driver.qcow2.Qcow2Preallocation;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Qcow2Files;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The block status of all of a sparse qcow2 image of 1 TiB: what a mirror asks before it copies.
 *
 * <p>Each invocation opens the image anew, so that no table is in memory yet; the file is in the
 * page cache. After each one, where it found data is compared with what the image holds.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@State(Scope.Thread)
public class StatusBenchmark {
    private static final long LENGTH = 1L << 40;
    private static final long STRIDE = 1L << 30;
    private static final long MOST_ALLOCATED = 512L << 20;
    private static final int PATTERN = 0x5a;

    /** What the image holds. */
    public enum Content {
        /** Nothing: there is no L2 table. */
        EMPTY,
        /** A cluster of 64 KiB in every GiB, and so every second L2 table. */
        HOLEY,
        /** No data, but a place for each cluster ({@code preallocation=metadata}): all tables. */
        PREALLOCATED
    }

    @Param
    private Content content;

    private Path path;
    private BlockNode node;
    private long dataExtents;
    private long dataBytes;

    /** Makes the image. */
    @Setup(Level.Trial)
    public void create() throws IOException {
        ScratchDirectory scratch = ScratchDirectory.named();
        scratch.reserve(MOST_ALLOCATED);
        path = scratch.image("status", ImageFormat.QCOW2);
        if (content == Content.PREALLOCATED) {
            preallocate();
        } else {
            ImageFormat.QCOW2.create(path, model());
        }
    }

    private ImageModel model() {
        ImageModel model = new ImageModel(LENGTH);
        for (long offset = 0; offset < LENGTH && content == Content.HOLEY; offset += STRIDE) {
            model.write(offset, Qcow2Files.CLUSTER, PATTERN);
        }
        return model;
    }

    private void preallocate() throws IOException {
        Files.deleteIfExists(path);
        Files.createFile(path);
        try (FileNode file = FileNode.open(path, FilterNode.transparent("file"), false)) {
            Qcow2Create.create(file, null, CreateOptions.ofSize(LENGTH)
                    .withPreallocation(Qcow2Preallocation.METADATA));
        }
    }

    /** Opens it, and reads no table but the first. */
    @Setup(Level.Invocation)
    public void open() throws IOException {
        node = ImageFormat.QCOW2.open(path, true);
        dataExtents = 0;
        dataBytes = 0;
    }

    /** From the start of the device to its end. */
    @Benchmark
    public void blockStatus() throws IOException {
        for (long offset = 0; offset < LENGTH;) {
            Extent extent = node.blockStatus(offset, LENGTH - offset);
            if (!extent.status().zero()) {
                dataExtents++;
                dataBytes += extent.bytes();
            }
            offset = extent.end();
        }
    }

    /** Refuses the time of a look that saw something else than is there. */
    @TearDown(Level.Invocation)
    public void check() throws IOException {
        node.close();
        long extents = content == Content.HOLEY ? LENGTH / STRIDE : 0;
        if (dataExtents != extents || dataBytes != extents * Qcow2Files.CLUSTER) {
            throw new IllegalStateException("block status: expected " + extents + " extents of "
                    + Qcow2Files.CLUSTER + " bytes of data; found " + dataExtents + " with "
                    + dataBytes + " bytes");
        }
    }

    /** Deletes the image. */
    @TearDown(Level.Trial)
    public void delete() throws IOException {
        Files.deleteIfExists(path);
    }
}
