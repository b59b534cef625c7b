// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mirrorcheck.iotests.adapter.GuestDoor;
import mirrorcheck.iotests.adapter.MirrorHandle;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.ends.Gate;
import mirrorcheck.iotests.ends.RequestLog;

/**
 * Passes everything on to a session, so that what stands above it only says what it does
 * differently. The same for its jobs and its guests.
 */
class AlteredSession implements Session {
    private final Session session;

    AlteredSession(Session session) {
        this.session = session;
    }

    @Override
    public void createImage(Map<String, Object> options) throws IOException {
        session.createImage(options);
    }

    @Override
    public void openNode(Map<String, Object> options) throws IOException {
        session.openNode(options);
    }

    @Override
    public void killServer(String nodeName) throws IOException {
        session.killServer(nodeName);
    }

    @Override
    public void closeNode(String nodeName) throws IOException {
        session.closeNode(nodeName);
    }

    @Override
    public MirrorHandle startMirror(Map<String, Object> options) throws IOException {
        return session.startMirror(options);
    }

    @Override
    public GuestDoor guest(String nodeName) throws IOException {
        return session.guest(nodeName);
    }

    @Override
    public RequestLog requests(String nodeName) {
        return session.requests(nodeName);
    }

    @Override
    public Gate gate(String nodeName) {
        return session.gate(nodeName);
    }

    @Override
    public void close() {
        session.close();
    }

    /** A job that is the same as another. */
    static class Handle implements MirrorHandle {
        private final MirrorHandle job;

        Handle(MirrorHandle job) {
            this.job = job;
        }

        @Override
        public String id() {
            return job.id();
        }

        @Override
        public Map<String, Object> query() throws IOException {
            return job.query();
        }

        @Override
        public String awaitStatus(Set<String> statuses) throws IOException {
            return job.awaitStatus(statuses);
        }

        @Override
        public void verb(String verb, Map<String, Object> arguments) throws IOException {
            job.verb(verb, arguments);
        }

        @Override
        public List<String> events() {
            return job.events();
        }
    }

    /** A guest's door that is the same as another. */
    static class Door implements GuestDoor {
        private final GuestDoor door;

        Door(GuestDoor door) {
            this.door = door;
        }

        @Override
        public void read(long offset, byte[] into) throws IOException {
            door.read(offset, into);
        }

        @Override
        public void write(long offset, byte[] from, Map<String, Boolean> flags)
                throws IOException {
            door.write(offset, from, flags);
        }

        @Override
        public void writeZeroes(long offset, long bytes, Map<String, Boolean> flags)
                throws IOException {
            door.writeZeroes(offset, bytes, flags);
        }

        @Override
        public void discard(long offset, long bytes) throws IOException {
            door.discard(offset, bytes);
        }

        @Override
        public void flush() throws IOException {
            door.flush();
        }

        @Override
        public void close() throws IOException {
            door.close();
        }
    }
}
