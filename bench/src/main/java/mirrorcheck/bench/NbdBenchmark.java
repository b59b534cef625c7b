// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.host.Buffers;
import mirrorcheck.engine.nbd.ExportOptions;
import mirrorcheck.engine.nbd.NbdExport;
import mirrorcheck.engine.nbd.NbdNode;
import mirrorcheck.engine.nbd.NbdServer;
import mirrorcheck.engine.nbd.ServerOptions;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Pattern;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The round trip of one request of 4 KiB over a unix socket, from the engine's NBD client to its
 * server and back, at queue depth 1; behind the server lies memory. What a probe of a remote target
 * costs beside a write.
 *
 * <p>The first half of the export holds data, the second half zeroes; each iteration ends with a
 * check that it still does and that the server met each request.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class NbdBenchmark {
    private static final String EXPORT = "disk";
    private static final int BYTES = 4096;
    private static final long HALF = 4L << 20;
    private static final int PATTERN = 0x5a;

    private final ImageModel model = new ImageModel(2 * HALF).write(0, HALF, PATTERN);

    private Path directory;
    private RequestCounter disk;
    private NbdServer server;
    private NbdNode client;
    private Arena arena;
    private MemorySegment buffer;
    private MemorySegment content;
    /** Requests made so far. */
    long requests;

    /** Serves the disk and connects to it. */
    @Setup
    public void connect() throws IOException {
        arena = Arena.ofShared();
        buffer = Buffers.allocate(arena, BYTES);
        content = Buffers.allocate(arena, HALF);
        content.copyFrom(MemorySegment.ofArray(Pattern.bytes(0, (int) HALF, PATTERN)));
        disk = new RequestCounter(NodeOptions.named("counter"),
                new MemoryNode(NodeOptions.named("memory"), 2 * HALF));
        disk.write(0, content, Set.of());
        // A path that is short enough for a socket.
        directory = Files.createTempDirectory("nbd");
        server = NbdServer.listen(UnixDomainSocketAddress.of(directory.resolve("socket")),
                ServerOptions.DEFAULT);
        server.add(EXPORT, NbdExport.of(disk, true), ExportOptions.ALL);
        client = NbdNode.connect(NodeOptions.named("client"), server.address(), EXPORT);
        requests = disk.requests();
    }

    private long nextOffset() {
        return requests++ * BYTES % HALF;
    }

    /** Reads data. */
    @Benchmark
    public void read() throws IOException {
        client.read(nextOffset(), buffer);
    }

    /** Writes the data that is there. */
    @Benchmark
    public void write() throws IOException {
        long offset = nextOffset();
        client.write(offset, content.asSlice(offset, BYTES), Set.of());
    }

    /** Writes zeroes over zeroes. */
    @Benchmark
    public void writeZeroes() throws IOException {
        client.writeZeroes(HALF + nextOffset(), BYTES, Set.of());
    }

    /** Asks for the status of data. */
    @Benchmark
    public Extent blockStatus() throws IOException {
        Extent extent = client.blockStatus(nextOffset(), BYTES);
        if (extent.status().zero() || extent.bytes() != BYTES) {
            throw new IllegalStateException("block status: expected " + BYTES
                    + " bytes of data; found " + extent);
        }
        return extent;
    }

    /** Refuses the time of requests that did not arrive, or changed what they should not. */
    @TearDown(Level.Iteration)
    public void check() throws IOException {
        if (disk.requests() != requests) {
            throw new IllegalStateException("nbd: expected " + requests
                    + " requests at the server; found " + disk.requests());
        }
        OptionalLong differs = NodeContent.firstDifference(disk, model);
        if (differs.isPresent()) {
            throw new IllegalStateException("nbd: the disk differs from what was written: first "
                    + "at offset " + differs.getAsLong());
        }
        requests = disk.requests();
    }

    /** Ends the connection and the server. */
    @TearDown
    public void close() throws IOException {
        client.close();
        server.close();
        disk.close();
        arena.close();
        Files.delete(directory);
    }
}
