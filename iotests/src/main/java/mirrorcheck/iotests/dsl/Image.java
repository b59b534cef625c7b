// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.nio.file.Path;
import java.util.Map;
import mirrorcheck.iotests.ends.Request.Kind;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Layers;

/**
 * An image a script made, with the block node opened over it and the judge's account of what it
 * holds.
 */
public final class Image {
    private final String name;
    private final Path file;
    private final Map<String, Object> nodeOptions;
    private final String creation;
    private final ImageModel before;
    private ImageModel model;
    private volatile Image pivotedTo;

    Image(String name, Path file, Map<String, Object> nodeOptions, String creation,
            ImageModel model) {
        this.name = name;
        this.file = file;
        this.nodeOptions = nodeOptions;
        this.creation = creation;
        this.model = model;
        this.before = model.copy();
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

    /** What its layers held when it was made. */
    Layers layers() {
        return Layers.raw(before);
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

    /** Options of its node, spelt as in QMP. */
    Map<String, Object> nodeOptions() {
        return nodeOptions;
    }

    /** How it was created, one of the words of {@code targetImage creation:}. */
    String creation() {
        return creation;
    }

    /** The reads of a range, for {@code hold} and {@code fail}. */
    public Requests reads(long offset, long bytes) {
        return new Requests(this, Kind.READ, offset, bytes);
    }

    /** The data writes of a range. */
    public Requests writes(long offset, long bytes) {
        return new Requests(this, Kind.WRITE, offset, bytes);
    }

    /** The zero writes of a range that keep the allocation. */
    public Requests writeZeroes(long offset, long bytes) {
        return new Requests(this, Kind.WRITE_ZEROES, offset, bytes);
    }

    /** The zero writes of a range that may deallocate. */
    public Requests writeZeroesUnmap(long offset, long bytes) {
        return new Requests(this, Kind.WRITE_ZEROES_UNMAP, offset, bytes);
    }

    /** The discards of a range. */
    public Requests discards(long offset, long bytes) {
        return new Requests(this, Kind.DISCARD, offset, bytes);
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
