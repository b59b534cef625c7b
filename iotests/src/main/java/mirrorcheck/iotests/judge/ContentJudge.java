// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import mirrorcheck.engine.host.HostFile;
import mirrorcheck.iotests.image.Cell;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Pattern;
import mirrorcheck.iotests.image.RangeMap.Run;

/** Reads a raw file back and compares every byte with what the model says it must be. */
public final class ContentJudge {
    private static final int BLOCK = 1 << 18;
    private static final ThreadLocal<ByteBuffer> BUFFER =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BLOCK)
            .order(ByteOrder.LITTLE_ENDIAN));

    private final FileChannel channel;
    private final HostFile host;
    private final long fileSize;

    private ContentJudge(FileChannel channel, HostFile host) throws IOException {
        this.channel = channel;
        this.host = host;
        this.fileSize = channel.size();
    }

    /**
     * The first byte of {@code file} that is not as {@code model} says, over the longer of both;
     * what only one of them has must be zero. Holes of the file are believed where zero is
     * expected: the host itself reads them as zero.
     */
    public static OptionalLong firstDifference(Path file, ImageModel model) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ); HostFile host =
                HostFile.open(file)) {
            return new ContentJudge(channel, host).compare(model);
        }
    }

    private OptionalLong compare(ImageModel model) throws IOException {
        for (Run<Cell> run : model.cells()) {
            long differs = run.value().readsZero() ? zeroUntil(run.offset(), run.end())
                    : patternUntil(run);
            if (differs < run.end()) {
                return OptionalLong.of(differs);
            }
        }
        long differs = zeroUntil(model.size(), fileSize);
        return differs < fileSize ? OptionalLong.of(differs) : OptionalLong.empty();
    }

    /** How far the file reads as zero from {@code begin}, up to {@code end}. */
    private long zeroUntil(long begin, long end) throws IOException {
        long at = begin;
        while (at < Math.min(end, fileSize)) {
            at = host.seekData(at).orElse(end);
            long dataEnd = at < end ? Math.min(end, host.seekHole(at).orElse(fileSize)) : at;
            while (at < dataEnd) {
                ByteBuffer read = read(at, dataEnd);
                int bytes = read.remaining();
                int agree = Pattern.agreeZero(read);
                at += agree;
                if (agree < bytes) {
                    return at;
                }
            }
        }
        return Math.max(at, end);
    }

    private long patternUntil(Run<Cell> run) throws IOException {
        long at = run.offset();
        while (at < run.end()) {
            ByteBuffer read = read(at, run.end());
            int bytes = read.remaining();
            int agree = Pattern.agree(read, at, run.value().pattern());
            at += agree;
            if (agree < bytes || bytes == 0) {
                return at;
            }
        }
        return at;
    }

    private ByteBuffer read(long offset, long end) throws IOException {
        ByteBuffer into = BUFFER.get().clear().limit((int) Math.min(BLOCK, end - offset));
        int read = 1;
        while (into.hasRemaining() && read > 0) {
            read = channel.read(into, offset + into.position());
        }
        return into.flip();
    }
}
