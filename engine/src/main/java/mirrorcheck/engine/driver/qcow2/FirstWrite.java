// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.nio.ByteBuffer;
import mirrorcheck.engine.block.BlockException;

/**
 * What has to be done before an image is written to for the first time.
 *
 * <p>Autoclear features that are not known are cleared, as the specification demands. Persistent
 * bitmaps that record writes ({@code auto}) are marked {@code in_use}: nobody here keeps them up to
 * date. Others stay valid.
 */
final class FirstWrite {
    private FirstWrite() {
    }

    /** Under the metadata lock; durable when it returns. */
    static void prepare(Image image) throws BlockException {
        Header header = image.header();
        long kept = header.autoclear() & (Feature.BITMAPS | Feature.DATA_FILE_RAW);
        if ((kept & Feature.BITMAPS) != 0 && !BitmapFlags.markInUse(image)) {
            kept &= ~Feature.BITMAPS;
        }
        if (kept != header.autoclear()) {
            setAutoclear(image, kept);
        }
        image.file().completeCluster(image.geometry());
        if (image.hasDataFile() && image.data().length() < image.length()) {
            image.data().resize(image.length());
        }
    }

    /** Clears the bitmaps bit: the length that they are made for is about to change. */
    static void leaveBitmaps(Image image) throws BlockException {
        if ((image.header().autoclear() & Feature.BITMAPS) != 0) {
            setAutoclear(image, image.header().autoclear() & Feature.DATA_FILE_RAW);
        }
    }

    private static void setAutoclear(Image image, long features) throws BlockException {
        image.file().write(Header.AUTOCLEAR_AT,
                ByteBuffer.allocate(8).putLong(features).array());
        image.file().node().flush();
    }
}
