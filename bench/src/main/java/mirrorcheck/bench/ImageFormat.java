// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.driver.RawNode;
import mirrorcheck.engine.driver.qcow2.Qcow2Chain;
import mirrorcheck.iotests.host.QemuImg;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Qcow2Files;
import mirrorcheck.iotests.image.RawImages;
import mirrorcheck.iotests.judge.ContentJudge;

/** How an image lies in its file: made without the engine, opened by its drivers. */
enum ImageFormat {
    RAW(true, ImageModel.HOST_BLOCK) {
        @Override
        void create(Path path, ImageModel model) throws IOException {
            Files.deleteIfExists(path);
            RawImages.create(path, model);
        }

        @Override
        BlockNode open(Path path, boolean readOnly) throws BlockException {
            FileNode file = FileNode.open(path, options("file", readOnly), false);
            return new RawNode(options("format", readOnly), file, true);
        }

        /** Without the engine. */
        @Override
        OptionalLong firstDifference(Path path, ImageModel model) throws IOException {
            long length = Files.size(path);
            return length == model.size() ? ContentJudge.firstDifference(path, model)
                    : OptionalLong.of(Math.min(length, model.size()));
        }
    },
    /** Version 3, in clusters of 64 KiB. */
    QCOW2(false, Qcow2Files.CLUSTER) {
        @Override
        void create(Path path, ImageModel model) throws IOException {
            Files.deleteIfExists(path);
            Qcow2Files.create(path, model, Qcow2Files.CLUSTER, null);
        }

        @Override
        BlockNode open(Path path, boolean readOnly) throws BlockException {
            return Qcow2Chain.open(path, options("format", readOnly), false);
        }

        /** Through a node of its own; then qemu-img checks the tables, where it is installed. */
        @Override
        OptionalLong firstDifference(Path path, ImageModel model) throws IOException {
            try (BlockNode node = open(path, true)) {
                OptionalLong differs = NodeContent.firstDifference(node, model);
                if (differs.isPresent()) {
                    return differs;
                }
            }
            Optional<QemuImg> tool = QemuImg.find();
            if (tool.isPresent()) {
                tool.get().must(List.of("check", "-q", "-f", word(), path.toString()));
            }
            return OptionalLong.empty();
        }
    };

    private final boolean allocatesHoles;
    private final long statusUnit;

    ImageFormat(boolean allocatesHoles, long statusUnit) {
        this.allocatesHoles = allocatesHoles;
        this.statusUnit = statusUnit;
    }

    /** The unit of which a part is data where all of it is allocated, in bytes. */
    long statusUnit() {
        return statusUnit;
    }

    /** Whether block status calls a hole allocated, though it reads as zero. */
    boolean allocatesHoles() {
        return allocatesHoles;
    }

    /**
     * Makes an image that holds what a model says, in place of the file that was there before: one
     * that is cut off and grown again keeps the traces of its former life.
     */
    abstract void create(Path path, ImageModel model) throws IOException;

    /** The format node, over the file; closing it closes both. */
    abstract BlockNode open(Path path, boolean readOnly) throws BlockException;

    /**
     * The first byte that an image reads as other than a model says, over the longer of both.
     *
     * @throws IOException if the image cannot be read, or its tables are not in order
     */
    abstract OptionalLong firstDifference(Path path, ImageModel model) throws IOException;

    /** How users call it, and what the names of its files end with. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The size that an image shows to its guest, in bytes. */
    long length(Path path) throws IOException {
        try (BlockNode node = open(path, true)) {
            return node.length();
        }
    }

    private static NodeOptions options(String name, boolean readOnly) {
        return FilterNode.transparent(name).withReadOnly(readOnly);
    }
}
