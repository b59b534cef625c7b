// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

/** Gives up what L2 entries refer to. */
final class Entries {
    private Entries() {
    }

    /**
     * Notes that an entry does not refer to its host clusters any more; under the metadata lock.
     *
     * @param discard whether the file need not keep their content
     */
    static void free(Image image, long descriptor, boolean discard) {
        int bits = image.geometry().clusterBits();
        if (L2Entry.isCompressed(descriptor)) {
            long offset = L2Entry.compressedOffset(descriptor, bits);
            long first = offset >> bits;
            long last = offset + L2Entry.compressedBytes(descriptor, bits) - 1 >> bits;
            image.frees().add(first, last - first + 1, discard);
        } else if (L2Entry.host(descriptor) != 0) {
            image.frees().add(L2Entry.host(descriptor) >> bits, 1, discard);
        }
    }
}
