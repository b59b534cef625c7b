// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.image;

import mirrorcheck.iotests.image.RangeMap.Run;

/**
 * An image with what lies below it: what each byte reads as, and which layers decide it.
 *
 * @param own   what the top layer itself holds: a hole where it leaves the answer to those below
 * @param model what the image reads as
 * @param top   whether the top layer decides
 * @param any   whether any layer does
 */
public record Layers(ImageModel own, ImageModel model, RangeMap<Boolean> top,
        RangeMap<Boolean> any) {
    /** A raw image, which decides every byte, holes included. */
    public static Layers raw(ImageModel model) {
        RangeMap<Boolean> all = new RangeMap<>(model.size(), true);
        return new Layers(model, model, all, all);
    }

    /**
     * A qcow2 image.
     *
     * @param layout  data, written zeroes and unwritten ranges (zero clusters, whole ones); a
     *                cluster that is data in part is filled up with what lies below
     * @param cluster in bytes
     * @param below   the backing file, or null
     * @throws IllegalArgumentException if a cluster is a zero cluster in part
     */
    public static Layers qcow2(ImageModel layout, int cluster, Layers below) {
        long size = layout.size();
        ImageModel lower = below == null ? new ImageModel(size) : below.model.resized(size);
        ImageModel own = new ImageModel(size);
        RangeMap<Boolean> top = new RangeMap<>(size, false);
        for (long at = 0; at < size; at += cluster) {
            long bytes = Math.min(cluster, size - at);
            if (!layout.all(at, bytes, Cell.HOLE::equals)) {
                top.put(at, bytes, true);
                fill(own, layout, lower, at, bytes);
            }
        }
        ImageModel model = own.copy();
        for (Run<Boolean> run : top.runs()) {
            if (!run.value()) {
                copy(lower, model, run.offset(), run.bytes(), false);
            }
        }
        return new Layers(own, model, top, any(top, below, size));
    }

    private static void fill(ImageModel own, ImageModel layout, ImageModel lower, long at,
            long bytes) {
        boolean zero = layout.all(at, bytes, Cell.UNWRITTEN::equals);
        if (!zero && !layout.all(at, bytes, cell -> cell != Cell.UNWRITTEN)) {
            throw new IllegalArgumentException("cluster at " + at
                    + ": a zero cluster in part: unwritten ranges must be whole clusters");
        }
        copy(lower, own, at, bytes, true);
        for (Run<Cell> run : layout.cells(at, bytes)) {
            if (run.value() != Cell.HOLE) {
                put(own, run);
            }
        }
    }

    /** Copies cells; what reads as zero becomes written zeroes if it is to be part of a cluster. */
    private static void copy(ImageModel from, ImageModel to, long at, long bytes,
            boolean written) {
        for (Run<Cell> run : from.cells(at, bytes)) {
            put(to, written && run.value().readsZero()
                    ? new Run<>(run.offset(), run.bytes(), Cell.ZEROES) : run);
        }
    }

    private static void put(ImageModel model, Run<Cell> run) {
        switch (run.value().kind()) {
            case HOLE -> { }
            case UNWRITTEN -> model.unwritten(run.offset(), run.bytes());
            case ZEROES -> model.zeroes(run.offset(), run.bytes());
            case DATA -> model.write(run.offset(), run.bytes(), run.value().pattern());
        }
    }

    /** Zeroes behind the end of a short backing file are decided: by that file. */
    private static RangeMap<Boolean> any(RangeMap<Boolean> top, Layers below, long size) {
        RangeMap<Boolean> any = new RangeMap<>(top);
        if (below == null) {
            return any;
        }
        long common = Math.min(size, below.any.size());
        for (Run<Boolean> run : below.any.runs(0, common)) {
            if (run.value()) {
                any.put(run.offset(), run.bytes(), true);
            }
        }
        any.put(common, size - common, true);
        return any;
    }
}
