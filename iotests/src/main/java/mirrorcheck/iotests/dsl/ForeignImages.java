// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mirrorcheck.iotests.dsl.Image.Format;
import mirrorcheck.iotests.host.QemuImg;
import mirrorcheck.iotests.host.ToolRun;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.RawImages;
import mirrorcheck.iotests.judge.HarnessError;

/** Images that qemu-img makes, and what it says of others. */
final class ForeignImages {
    /** The creation that is qemu-img's. */
    static final String CREATION = "qemu-img";
    private static final String MADE_WITH = "qemu-img";
    private static final String COMPRESSED = "compressed";
    private static final String SNAPSHOT = "snapshot";

    private final Stage stage;
    private final QemuImg tool;

    private ForeignImages(Stage stage, QemuImg tool) {
        this.stage = stage;
        this.tool = tool;
    }

    /**
     * The host's tool, for a word.
     *
     * @throws HarnessError if it has none
     */
    static ForeignImages of(Stage stage, String word) {
        return new ForeignImages(stage, QemuImg.find().orElseThrow(() -> new HarnessError(word
                + ": there is no qemu-img here; let about needs: say host:qemu-img")));
    }

    /** The options that only such images take. */
    static List<String> options() {
        return List.of(MADE_WITH, COMPRESSED, SNAPSHOT);
    }

    /**
     * Refuses what qemu-img could not make, or what only it could.
     *
     * @throws HarnessError naming the option
     */
    static void check(String word, Options options, String creation, Format format,
            boolean laidOut) {
        if (!creation.equals(CREATION)) {
            for (String name : options()) {
                if (options.has(name)) {
                    throw new HarnessError(word + ": " + name + ": only with creation: '"
                            + CREATION + "'");
                }
            }
            return;
        }
        String what = word + ": creation '" + CREATION + "': ";
        if (format.isRaw()) {
            throw new HarnessError(what + "only with format: 'qcow2'");
        }
        if (laidOut && format.backing() != null) {
            throw new HarnessError(what + "a layout or backing, not both");
        }
        if (!laidOut && options.has(COMPRESSED)) {
            throw new HarnessError(what + "compressed: needs a layout to compress");
        }
    }

    /** Makes the file of an image: what the script laid out is converted, or else it is empty. */
    void create(Image image, boolean laidOut, Options options) throws IOException {
        Format format = image.format();
        String file = image.getFile().toString();
        String with = "cluster_size=" + format.cluster()
                + (options.has(MADE_WITH) ? "," + options.text(MADE_WITH, "") : "");
        if (laidOut) {
            Path flat = flat(image, image.laidOut());
            List<String> convert = new ArrayList<>(List.of("convert", "-f", "raw", "-O", "qcow2"));
            if (options.truth(COMPRESSED, false)) {
                convert.add("-c");
            }
            convert.addAll(List.of("-o", with, flat.toString(), file));
            tool.must(convert);
            Files.delete(flat);
        } else {
            List<String> create = new ArrayList<>(List.of("create", "-q", "-f", "qcow2"));
            if (format.backing() != null) {
                create.addAll(List.of("-b", format.backing().getFile().getFileName().toString(),
                        "-F", format.backing().format().name()));
            }
            create.addAll(List.of("-o", with, file, String.valueOf(image.getSize())));
            tool.must(create);
        }
        if (options.truth(SNAPSHOT, false)) {
            tool.must(List.of("snapshot", "-c", "before", file));
        }
    }

    /** Whether qemu-img finds the file of an image whole: no error and no leak. */
    ToolRun check(Image image) throws IOException {
        return tool.run(List.of("check", "-q", "-f", image.format().name(),
                image.getFile().toString()));
    }

    /** Whether an image, with all below it, reads to qemu-img as it must. */
    ToolRun compare(Image image) throws IOException {
        Path flat = flat(image, image.getModel());
        ToolRun run = tool.run(List.of("compare", "-f", "raw", "-F", image.format().name(),
                flat.toString(), image.getFile().toString()));
        Files.delete(flat);
        return run;
    }

    private Path flat(Image image, ImageModel content) throws IOException {
        Path flat = stage.context().scratch().resolve(image.getName() + ".flat");
        RawImages.create(flat, content);
        return flat;
    }
}
