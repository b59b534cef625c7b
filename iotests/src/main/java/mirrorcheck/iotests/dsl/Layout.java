// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.Map;
import java.util.Set;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.judge.HarnessError;

/** The words inside the braces behind {@code sourceImage} and {@code targetImage}. */
public final class Layout {
    private final String word;
    private final ImageModel model;

    Layout(String word, ImageModel model) {
        this.word = word;
        this.model = model;
    }

    /** Data; {@code pattern:} is its byte, 0x5a unless told. */
    public void write(Map<String, ?> options, Number offset, Number bytes) {
        long pattern = new Options(word + " write", options, Set.of("pattern"))
                .number("pattern", 0x5a);
        inside("write", offset, bytes);
        model.write(offset.longValue(), bytes.longValue(), Guest.pattern(word + " write", pattern));
    }

    /** Data made of the usual pattern. */
    public void write(Number offset, Number bytes) {
        write(Map.of(), offset, bytes);
    }

    /** Zero bytes, written out: allocated, and data to the host. */
    public void zeroes(Number offset, Number bytes) {
        inside("zeroes", offset, bytes);
        model.zeroes(offset.longValue(), bytes.longValue());
    }

    /** Allocated but never written. */
    public void unwritten(Number offset, Number bytes) {
        inside("unwritten", offset, bytes);
        model.unwritten(offset.longValue(), bytes.longValue());
    }

    private void inside(String what, Number offset, Number bytes) {
        if (offset.longValue() < 0 || bytes.longValue() < 0
                || offset.longValue() > model.size() - bytes.longValue()) {
            throw new HarnessError(word + " " + what + ": " + Text.range(offset.longValue(),
                    offset.longValue() + bytes.longValue()) + ": past the end at "
                    + Text.size(model.size()));
        }
    }
}
