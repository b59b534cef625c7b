// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import groovy.lang.Closure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mirrorcheck.engine.host.HostFile;
import mirrorcheck.iotests.dsl.Image.Format;
import mirrorcheck.iotests.host.SmallDisk;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Layers;
import mirrorcheck.iotests.image.Qcow2Files;
import mirrorcheck.iotests.image.RawImages;
import mirrorcheck.iotests.judge.HarnessError;

/**
 * Makes the images of a script and opens nodes over them. Preallocation is the implementation's
 * work, by its own command; what qemu-img is to make is made by {@link ForeignImages}, everything
 * else by the suite.
 */
final class ImageMaker {
    private static final Set<String> NODE_OPTIONS =
            Set.of("discard", "detect-zeroes", "cache.no-flush", "cache.direct", "read-only",
            "block-status", "own-server");
    private static final Set<String> IMAGE_OPTIONS =
            Set.of("name", "creation", "format", "backing", "open-backing", "cluster-size",
            "disk");
    private static final Set<String> BY_IMPLEMENTATION =
            Set.of("off", "metadata", "falloc", "full");
    private static final List<String> CREATIONS = List.of("external", "off", "metadata", "falloc",
            "full", "old-sparse", "old-full", ForeignImages.CREATION);
    private static final List<String> FORMATS = List.of("raw", "qcow2");
    /** What an old image holds: anything but what a source holds. */
    private static final int OLD = 0xaa;
    private static final int SECTOR = 512;
    /** Room for a guest's new clusters in a file that cannot grow because NBD cannot. */
    private static final long ROOM = 4 << 20;

    private final Stage stage;

    ImageMaker(Stage stage) {
        this.stage = stage;
    }

    /**
     * Makes an image and opens a node over it.
     *
     * @param word      the word of the script, for messages
     * @param given     options of the image and of its node
     * @param usualName what it is called unless {@code name:} says
     * @param format    what it is in unless {@code format:} says
     * @param own       whether its file grows as the implementation likes, unseen by the suite,
     *                  unless it is raw
     */
    Image make(String word, Map<String, ?> given, Number size, String usualName, String format,
            boolean own, Closure<?> layout) {
        Set<String> known = new HashSet<>(NODE_OPTIONS);
        known.addAll(IMAGE_OPTIONS);
        known.addAll(ForeignImages.options());
        Options options = new Options(word, given, known);
        String name = options.text("name", usualName);
        if (stage.images().containsKey(name)) {
            throw new HarnessError(word + ": " + name
                    + ": already there; drop it first, or give this one a name:");
        }
        if (size.longValue() < 0) {
            throw new HarnessError(word + ": size: " + size + ": must be 0 or more");
        }
        if (size.longValue() % SECTOR != 0 && !options.text("format", format).equals("raw")) {
            throw new HarnessError(word + ": size: " + size + ": must be a multiple of " + SECTOR
                    + " in format " + options.text("format", format));
        }
        String creation = options.choice("creation", CREATIONS, "external");
        Format made = format(word, options, format);
        ForeignImages.check(word, options, creation, made, layout != null);
        ImageModel laidOut = laidOut(word, size.longValue(), creation, made, layout);
        Layers layers = layers(word, name, made, laidOut);
        SmallDisk disk = options.disk("disk");
        Path directory = disk == null ? stage.context().scratch() : disk.directory();
        Path file = directory.resolve(name + "." + made.name());
        Map<String, Object> node = options.only(NODE_OPTIONS);
        boolean openBacking = options.truth("open-backing", true);
        Image image = new Image(name, file, node, creation, made, laidOut, layers);
        stage.trying(name, () -> {
            if (creation.equals(ForeignImages.CREATION)) {
                ForeignImages.of(stage, word).create(image, layout != null, options);
            } else {
                create(image, layers, layout != null, own);
            }
            stage.session().openNode(open(image, own, openBacking));
            return null;
        });
        stage.images().put(name, image);
        return image;
    }

    private static Format format(String word, Options options, String usual) {
        String name = options.choice("format", FORMATS, usual);
        if (name.equals("raw")) {
            if (options.has("backing") || options.has("cluster-size")) {
                throw new HarnessError(word + ": backing and cluster-size: not of a raw image");
            }
            return Format.RAW;
        }
        long cluster = options.number("cluster-size", (long) Qcow2Files.CLUSTER);
        if (Long.bitCount(cluster) != 1 || cluster < 512 || cluster > 2 << 20) {
            throw new HarnessError(word + ": cluster-size: " + cluster
                    + ": must be a power of two from 512 B to 2 MiB");
        }
        return new Format(name, (int) cluster, options.image("backing"));
    }

    private static ImageModel laidOut(String word, long size, String creation, Format format,
            Closure<?> layout) {
        ImageModel model = format.isRaw() ? created(creation, size)
                : createdQcow2(creation, size);
        if (layout != null) {
            layout.setDelegate(new Layout(word, model));
            layout.setResolveStrategy(Closure.DELEGATE_FIRST);
            layout.call();
        }
        return model;
    }

    private static Layers layers(String word, String name, Format format, ImageModel model) {
        if (format.isRaw()) {
            return Layers.raw(model);
        }
        try {
            return Layers.qcow2(model, format.cluster(),
                    format.backing() == null ? null : format.backing().layers());
        } catch (IllegalArgumentException e) {
            throw new HarnessError(word + ": " + name + ": " + e.getMessage(), e);
        }
    }

    private static ImageModel created(String creation, long size) {
        ImageModel model = new ImageModel(size);
        return switch (creation) {
            case "off" -> model.zeroes(0, Math.min(size, ImageModel.HOST_BLOCK));
            case "falloc" -> model.unwritten(0, size);
            case "full" -> model.zeroes(0, size);
            default -> old(creation, model);
        };
    }

    /** With any preallocation of metadata the clusters are there, and are data to the job. */
    private static ImageModel createdQcow2(String creation, long size) {
        ImageModel model = new ImageModel(size);
        return switch (creation) {
            case "metadata", "falloc", "full" -> model.zeroes(0, size);
            default -> old(creation, model);
        };
    }

    private static ImageModel old(String creation, ImageModel model) {
        long mib = 1 << 20;
        long size = model.size();
        if (creation.equals("old-full")) {
            return model.write(0, size, OLD);
        }
        if (creation.equals("old-sparse")) {
            for (long[] old : new long[][] {{mib, 2 * mib}, {8 * mib, mib}, {16 * mib, mib}}) {
                long bytes = Math.clamp(size - old[0], 0, old[1]);
                model.write(Math.min(size, old[0]), bytes, OLD);
            }
        }
        return model;
    }

    private void create(Image image, Layers layers, boolean laidOut, boolean own)
            throws IOException {
        Format format = image.format();
        if (BY_IMPLEMENTATION.contains(image.creation())) {
            if (laidOut) {
                throw new HarnessError(image.getName() + ": creation " + image.creation()
                        + ": takes no layout of its own");
            }
            Map<String, Object> options = new HashMap<>(Map.of("format", format.name(),
                    "filename", image.getFile().toString(), "size", image.getSize(),
                    "preallocation", image.creation()));
            if (!format.isRaw()) {
                options.put("cluster-size", (long) format.cluster());
            }
            stage.session().createImage(options);
        } else if (format.isRaw()) {
            RawImages.create(image.getFile(), layers.own());
        } else {
            image.liesAt(Qcow2Files.create(image.getFile(), layers.own(), format.cluster(),
                    backing(format.backing())));
            if (!own) {
                makeRoom(image);
            }
        }
    }

    private static Qcow2Files.Backing backing(Image below) {
        return below == null ? null : new Qcow2Files.Backing(
                String.valueOf(below.getFile().getFileName()), below.format().name());
    }

    private static void makeRoom(Image image) throws IOException {
        try (HostFile host = HostFile.open(image.getFile(), HostFile.Option.READ_WRITE)) {
            long most = Files.size(image.getFile()) + image.getSize() + ROOM;
            host.truncate(most - most % image.format().cluster());
        }
    }

    private static Map<String, Object> open(Image image, boolean own, boolean openBacking) {
        Map<String, Object> open = new LinkedHashMap<>(image.nodeOptions());
        open.putAll(Map.of("node-name", image.getName(), "format", image.format().name(),
                "filename", image.getFile().toString(),
                "own-file", own && !image.format().isRaw()));
        if (image.format().backing() != null && openBacking) {
            open.put("backing", image.format().backing().getName());
        }
        return open;
    }
}
