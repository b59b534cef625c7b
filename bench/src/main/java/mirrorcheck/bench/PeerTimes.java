// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * What one program took for the copies of one case, in milliseconds, in the order of the turns.
 *
 * @param copy     from its start to its end
 * @param diskBusy of the whole turn, in which the disk had requests in flight; empty where there is no
 *                 disk, or where a daemon was warmed up in the same turn
 */
record PeerTimes(List<Double> copy, List<Double> diskBusy) {
    PeerTimes() {
        this(new ArrayList<>(), new ArrayList<>());
    }
}
