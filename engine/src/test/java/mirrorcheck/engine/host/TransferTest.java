// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls that move less than they were asked to, which a test cannot make a real file do. */
class TransferTest {
    private static final long EINTR = -Errno.EINTR.number();
    private static final long EIO = -Errno.EIO.number();
    private static final long ENOSPC = -Errno.ENOSPC.number();

    private final List<String> asked = new ArrayList<>();

    private Transfer.Step answering(long... answers) {
        Deque<Long> left = new ArrayDeque<>();
        for (long answer : answers) {
            left.add(answer);
        }
        return (offset, part) -> {
            asked.add(offset + "+" + part.byteSize());
            return left.remove();
        };
    }

    private static MemorySegment memory(int bytes) {
        return MemorySegment.ofArray(new byte[bytes]);
    }

    @Test
    void readGoesOnAfterShortReadsAndSignals() {
        Transfer.Step step = answering(EINTR, 10, EINTR, 5, 85);
        assertEquals(100, Transfer.read(step, 7, memory(100), false));
        assertEquals(List.of("7+100", "7+100", "17+90", "17+90", "22+85"), asked);
    }

    @Test
    void readEndsWhereTheFileEnds() {
        assertEquals(30, Transfer.read(answering(30, 0), 0, memory(100), false));
        assertEquals(0, Transfer.read(answering(0), 0, memory(100), false));
        assertEquals(0, Transfer.read(answering(), 0, memory(0), false));
    }

    @Test
    void directReadDoesNotGoOnInsideASector() {
        assertEquals(700, Transfer.read(answering(700), 0, memory(1024), true));
        assertEquals(1024, Transfer.read(answering(512, 512), 0, memory(1024), true));
        assertEquals(List.of("0+1024", "0+1024", "512+512"), asked);
    }

    @Test
    void readFailsWithTheErrno() {
        assertEquals(EIO, Transfer.read(answering(10, EIO), 0, memory(100), false));
    }

    @Test
    void writeGoesOnAfterShortWritesAndSignals() {
        assertEquals(0, Transfer.write(answering(40, EINTR, 60), 5, memory(100)));
        assertEquals(List.of("5+100", "45+60", "45+60"), asked);
    }

    @Test
    void writeFailsWithTheErrno() {
        assertEquals(ENOSPC, Transfer.write(answering(40, ENOSPC), 0, memory(100)));
    }

    @Test
    void writeThatDoesNotMoveIsAnError() {
        assertEquals(EIO, Transfer.write(answering(40, 0), 0, memory(100)));
    }
}
