// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

import java.util.Map;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Layers;

/**
 * One mirror to a raw file that no guest disturbs: everything that decides what it
 * must do.
 *
 * <p>{@code copy-mode} is absent: without guest writes it decides nothing.
 *
 * @param source       what the source holds, and in which of its layers
 * @param target       what the target held before
 * @param unmap        the target node's {@code discard=unmap}
 * @param detectZeroes the target node's {@code detect-zeroes}
 * @param sync         what is promised to be copied
 * @param targetIsZero {@code target-is-zero=true}; false and absent are the same
 * @param granularity  bytes per chunk, a power of two
 * @param bufSize      {@code buf-size} in bytes, greater than 0
 */
public record CopyCase(Layers source, ImageModel target, boolean unmap,
        DetectZeroes detectZeroes, Sync sync,
        boolean targetIsZero, long granularity, long bufSize) {
    /** Default {@code granularity} over a raw file: 64 KiB. */
    public static final long GRANULARITY = 64 << 10;
    /** Default {@code buf-size}: 16 MiB. */
    public static final long BUF_SIZE = 16 << 20;

    /** The {@code detect-zeroes} of a node. */
    public enum DetectZeroes { OFF, ON, UNMAP }

    /** The {@code sync} of a mirror. */
    public enum Sync { FULL, TOP, NONE }

    /**
     * The case that options spelt as in QMP describe; what is absent has its default.
     *
     * @param node   options of the target node: {@code discard}, {@code detect-zeroes}
     * @param mirror options of the mirror: {@code sync}, {@code target-is-zero}, {@code
     * granularity}, {@code buf-size}
     */
    public static CopyCase of(Layers source, ImageModel target, Map<String, ?> node,
            Map<String, ?> mirror) {
        return new CopyCase(source, target, "unmap".equals(node.get("discard")),
                choice(DetectZeroes.class, node.get("detect-zeroes"), DetectZeroes.OFF),
                choice(Sync.class, mirror.get("sync"), Sync.FULL),
                Boolean.TRUE.equals(mirror.get("target-is-zero")),
                bytes(mirror.get("granularity"), GRANULARITY),
                bytes(mirror.get("buf-size"), BUF_SIZE));
    }

    private static <E extends Enum<E>> E choice(Class<E> type, Object word, E absent) {
        return word == null ? absent
                : Enum.valueOf(type, word.toString().toUpperCase(java.util.Locale.ROOT));
    }

    private static long bytes(Object value, long absent) {
        return value instanceof Number number && number.longValue() != 0 ? number.longValue()
                : absent;
    }
}
