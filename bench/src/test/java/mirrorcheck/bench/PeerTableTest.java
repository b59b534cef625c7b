// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table that users read. */
class PeerTableTest {
    @Test
    void showsMediansTheBusyDiskAndRatiosOfTurns() {
        Map<String, PeerTimes> times = new LinkedHashMap<>();
        times.put(Peers.ENGINE, new PeerTimes(List.of(90.0, 120.0, 110.0), List.of(50.0, 70.0,
                60.0)));
        times.put("cp", new PeerTimes(List.of(180.0, 120.0, 100.0), List.of()));

        assertEquals("""
                | dense, 4 MiB | ms (least to most) | disk busy, ms | engine to it \
                | engine no-flush to it |
                | --- | --- | --- | --- | --- |
                | engine | 110 (90 to 120) | 60 | 1.00 (1.00 to 1.00) |  |
                | cp | 120 (100 to 180) |  | 1.00 (0.50 to 1.10) |  |
                """, new PeerTable("dense, 4 MiB", times).toString());
    }
}
