// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.nio.file.Path;
import java.util.Map;
import mirrorcheck.iotests.ends.Request.Kind;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Layers;
import mirrorcheck.iotests.image.Qcow2Files.Placement;
import mirrorcheck.iotests.image.RangeMap;
import mirrorcheck.iotests.judge.HarnessError;

/**
 * An image a script made, with the block node opened over it and the judge's account of what it
 * holds.
 */
public final class Image {
    private final String name;
    private final Path file;
    private final Map<String, Object> nodeOptions;
    private final String creation;
    private final Format format;
    private final ImageModel laidOut;
    private final Layers layers;
    private final ImageModel before;
    private ImageModel model;
    private Placement where;
    private volatile Image pivotedTo;
    private boolean closed;

    /**
     * An image that is about to be made.
     *
     * @param laidOut what the script said that it holds
     * @param layers  what it holds, whole clusters and what lies below included
     */
    Image(String name, Path file, Map<String, Object> nodeOptions, String creation, Format format,
            ImageModel laidOut, Layers layers) {
        this.laidOut = laidOut.copy();
        this.name = name;
        this.file = file;
        this.nodeOptions = nodeOptions;
        this.creation = creation;
        this.format = format;
        this.layers = layers;
        this.model = layers.model();
        this.before = model.copy();
    }

    /**
     * The format of an image.
     *
     * @param name    {@code raw} or {@code qcow2}
     * @param cluster bytes of a cluster; of no meaning to raw images
     * @param backing the image below, or null
     */
    record Format(String name, int cluster, Image backing) {
        static final Format RAW = new Format("raw", 0, null);

        boolean isRaw() {
            return name.equals("raw");
        }
    }

    /** The name in transcripts and of its node: {@code source}, {@code target}. */
    public String getName() {
        return name;
    }

    /** The file of the image. */
    public Path getFile() {
        return file;
    }

    /** The size in bytes, as given. */
    public long getSize() {
        return before.size();
    }

    /** What it must read as now. */
    public ImageModel getModel() {
        return model;
    }

    /** The format it was made in. */
    Format format() {
        return format;
    }

    /** What its layers held when it was made; what guests wrote since is not in it. */
    Layers layers() {
        return new Layers(layers.own(), before, layers.top(), layers.any());
    }

    /** What a script said that it holds. */
    ImageModel laidOut() {
        return laidOut;
    }

    /** Where its data lies in its file: what {@link #reads} translates. */
    void liesAt(Placement placement) {
        this.where = placement;
    }

    /** What it held when it was made. */
    ImageModel before() {
        return before;
    }

    /** The image a guest of this one uses now: this, or after a pivot the target. */
    Image current() {
        return pivotedTo == null ? this : pivotedTo.current();
    }

    /** The guest moves on to {@code target}, which must read as this image does. */
    void pivot(Image target) {
        target.becomes(model.copy());
        pivotedTo = target;
    }

    /** From now on it must read as {@code content}. */
    void becomes(ImageModel content) {
        model = content;
    }

    /** It has no node any more; its file is still there. */
    void closed() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /** Options of its node, spelt as in QMP. */
    Map<String, Object> nodeOptions() {
        return nodeOptions;
    }

    /** How it was created, one of the words of {@code targetImage creation:}. */
    String creation() {
        return creation;
    }

    /**
     * The reads of a range, for {@code hold} and {@code fail}. In an image that is not raw it must
     * lie in one piece of data that was there from the beginning.
     */
    public Requests reads(long offset, long bytes) {
        return new Requests(this, Kind.READ, inFile(offset), bytes);
    }

    /** Where in the file of another format they will arrive nobody but its driver knows. */
    private void mustBeRaw(String kind) {
        if (!format.isRaw()) {
            throw new HarnessError(name + ": " + kind + ": only of a raw image, not of "
                    + format.name());
        }
    }

    private long inFile(long offset) {
        if (where == null) {
            return offset;
        }
        return placed("reads", where.data(), offset) + offset % format.cluster();
    }

    private long placed(String what, RangeMap<Long> places, long offset) {
        if (places.at(offset) < 0) {
            throw new HarnessError(name + ": " + what + " at " + Text.size(offset)
                    + ": nothing there in its file");
        }
        return places.at(offset);
    }

    /** The reads of the L2 table of a qcow2 image that maps an offset, for {@code hold}. */
    public Requests tableReads(long offset) {
        if (where == null) {
            throw new HarnessError(name + ": tableReads: not an image with tables of the suite");
        }
        return new Requests(this, Kind.READ, placed("tableReads", where.tables(), offset),
                format.cluster());
    }

    /** The data writes of a range. */
    public Requests writes(long offset, long bytes) {
        mustBeRaw("writes");
        return new Requests(this, Kind.WRITE, offset, bytes);
    }

    /** The zero writes of a range that keep the allocation. */
    public Requests writeZeroes(long offset, long bytes) {
        mustBeRaw("writeZeroes");
        return new Requests(this, Kind.WRITE_ZEROES, offset, bytes);
    }

    /** The zero writes of a range that may deallocate. */
    public Requests writeZeroesUnmap(long offset, long bytes) {
        mustBeRaw("writeZeroesUnmap");
        return new Requests(this, Kind.WRITE_ZEROES_UNMAP, offset, bytes);
    }

    /** The discards of a range. */
    public Requests discards(long offset, long bytes) {
        mustBeRaw("discards");
        return new Requests(this, Kind.DISCARD, offset, bytes);
    }

    /** The questions for the block status of a range. */
    public Requests statuses(long offset, long bytes) {
        return new Requests(this, Kind.BLOCK_STATUS, offset, bytes);
    }

    /** The flushes. */
    public Requests getFlushes() {
        return new Requests(this, Kind.FLUSH, 0, Long.MAX_VALUE);
    }

    @Override
    public String toString() {
        return name;
    }

    /**
     * Requests that may come to an image.
     *
     * @param image  whose file they reach
     * @param kind   their kind
     * @param offset first byte of the range they touch
     * @param bytes  its length
     */
    public record Requests(Image image, Kind kind, long offset, long bytes) {
    }
}
