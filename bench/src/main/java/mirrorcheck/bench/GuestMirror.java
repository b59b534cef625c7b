// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Path;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.BlockException;

/**
 * A mirror of a holey raw image whose guest writes to it once the mirror is READY, see {@link
 * RedirtyingGuest}. The job is paused meanwhile, so that what it copies, and how often, does not
 * depend on who comes first; the guest's writes in write-blocking mode go to both ends all the
 * same. For one thread.
 */
final class GuestMirror implements AutoCloseable {
    private final MirrorSettings settings;
    private final SourceImage source;
    private final RedirtyingGuest guest;
    private final WholeMirror mirror;
    private final Counts before;
    private final long strides;
    private Attachment disk;
    private long guestProbes;

    /**
     * Makes source and target and opens them.
     *
     * @param sourcePath where to make the source, as the target over what is there
     * @param size       of both in bytes, a multiple of {@link RedirtyingGuest#STRIDE}
     */
    GuestMirror(Path sourcePath, Path targetPath, long size, MirrorSettings settings)
            throws IOException {
        this.settings = settings;
        guest = new RedirtyingGuest(size);
        strides = size / RedirtyingGuest.STRIDE;
        source = SourceImage.create(sourcePath, ImageFormat.RAW, SourceShape.HOLEY, size);
        before = Counts.expected(source.model(), ImageFormat.RAW, ImageFormat.RAW, settings);
        mirror = new WholeMirror(source, targetPath, ImageFormat.RAW, settings, true);
    }

    /** From the start of the job until it is READY and rests. */
    void begin() throws IOException, InterruptedException {
        disk = mirror.guest();
        mirror.start();
        mirror.pauseReady();
    }

    /** What is measured: the guest writes. */
    void write() throws BlockException {
        long known = mirror.counts().targetStatus();
        guest.write(disk);
        guestProbes = mirror.counts().targetStatus() - known;
    }

    /** The job goes on, completes, and the guest leaves. */
    void end() throws IOException, InterruptedException {
        guest.write(source.model());
        mirror.resume();
        mirror.complete();
        disk.close();
    }

    /** The block-status requests to the target that the guest waited for. */
    long guestProbes() {
        return guestProbes;
    }

    /** The zero writes that the guest made. */
    long guestZeroWrites() {
        return strides * RedirtyingGuest.ZERO_WRITES;
    }

    WholeMirror mirror() {
        return mirror;
    }

    /**
     * Refuses a mirror that was not what it claims.
     *
     * @param keepsZeroes see {@link RedirtyingGuest#cost}
     * @throws IllegalStateException that says expected and found
     */
    void check(boolean keepsZeroes) throws IOException {
        mirror.check(before.plus(RedirtyingGuest.cost(settings.tracking(), settings.copyMode(),
                keepsZeroes).times(strides)));
        long probes = strides * RedirtyingGuest.probes(settings.tracking(), settings.copyMode());
        if (guestProbes != probes) {
            throw new IllegalStateException("guest: expected " + probes
                    + " probes of the target while it wrote; found " + guestProbes);
        }
    }

    /** Closes both ends and deletes the images. */
    @Override
    public void close() throws IOException {
        try {
            mirror.close();
        } finally {
            source.close();
        }
    }
}
