// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.List;
import mirrorcheck.iotests.image.Cell;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.RangeMap;
import mirrorcheck.iotests.image.RangeMap.Run;

/** What block status must say of an image that is looked at in units: data, or nothing. */
final class StatusRuns {
    private StatusRuns() {
    }

    /**
     * The runs of data, true, and of holes, false, in order, as long as possible. A unit with a
     * byte that is no hole is data.
     *
     * @param unit in bytes, such as a cluster of the image or a chunk of the mirror
     */
    static List<Run<Boolean>> of(ImageModel image, long unit) {
        RangeMap<Boolean> data = new RangeMap<>(image.size(), false);
        for (Run<Cell> run : image.cells()) {
            if (!run.value().knownZero()) {
                long start = run.offset() - run.offset() % unit;
                long end = Math.min(Math.ceilDiv(run.end(), unit) * unit, image.size());
                data.put(start, end - start, true);
            }
        }
        return data.runs();
    }
}
