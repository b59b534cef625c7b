// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.adapter.MirrorHandle;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.ends.Request;

/**
 * An implementation that the suite knows by an adapter, started anew for each copy as for each
 * script: a daemon opens both files itself and is timed from the start of the mirror to READY; a
 * command from its start to its end, through the suite's NBD server if it wants URIs.
 */
record AdapterPeer(Adapter adapter) implements Peer {
    private static final String SOURCE = "source";
    private static final String TARGET = "target";
    private static final String READY = "ready";
    private static final Set<String> OVER = Set.of("concluded", "null");

    /** Another one than that of a program which is timed without an adapter. */
    @Override
    public String name() {
        return "adapter " + adapter.name();
    }

    /** A command, and a daemon without the driver, copy raw images only. */
    @Override
    public boolean takes(PeerCase what) {
        return !what.direct() && (what.formats() == FormatPair.RAW
                || adapter.capabilities().contains(Capability.QCOW2));
    }

    @Override
    public long copy(PeerCase what, Path source, Path target, Path directory)
            throws IOException, InterruptedException {
        try (Session session = open(what, source, target, directory, true)) {
            return mirror(session);
        } catch (IOException e) {
            throw new IOException(name() + ": " + e.getMessage(), e);
        }
    }

    /** Whether the suite can see its requests; a target that it serves cannot grow. */
    boolean showsRequests(PeerCase what) {
        return adapter.capabilities().contains(Capability.REQUESTS)
                && what.formats().target() == ImageFormat.RAW;
    }

    /**
     * As {@link #copy}, with both ends served by the suite.
     *
     * @return the requests that reached the target, from when it was opened
     */
    List<Request> requests(PeerCase what, Path source, Path target, Path directory)
            throws IOException {
        try (Session session = open(what, source, target, directory, false)) {
            mirror(session);
            return session.requests(TARGET).all();
        } catch (IOException e) {
            throw new IOException(name() + ": " + e.getMessage(), e);
        }
    }

    private Session open(PeerCase what, Path source, Path target, Path directory, boolean ownFiles)
            throws IOException {
        Session session = adapter.open(directory, () -> { });
        try {
            session.openNode(node(SOURCE, what.formats().source(), source, ownFiles));
            session.openNode(node(TARGET, what.formats().target(), target, ownFiles));
            return session;
        } catch (IOException e) {
            session.close();
            throw e;
        }
    }

    private static Map<String, Object> node(String name, ImageFormat format, Path path,
            boolean ownFile) {
        return Map.of("node-name", name, "format", format.word(), "filename", path.toString(),
                "own-file", ownFile);
    }

    /** Nanoseconds until READY; the end, which brings a qcow2 image into order, is not timed. */
    private static long mirror(Session session) throws IOException {
        long start = Clock.SYSTEM.nanoTime();
        MirrorHandle job = session.startMirror(Map.of("job-id", "copy", "device", SOURCE,
                "target", TARGET, "sync", "full"));
        boolean ready = job.awaitStatus(Set.of(READY)).equals(READY);
        long nanos = Clock.SYSTEM.nanoTime() - start;
        if (ready) {
            job.verb("complete", Map.of());
            job.awaitStatus(OVER);
        }
        Object error = job.query().get("error");
        if (!ready || error != null) {
            throw new IOException(error == null ? "not READY" : error.toString());
        }
        return nanos;
    }
}
