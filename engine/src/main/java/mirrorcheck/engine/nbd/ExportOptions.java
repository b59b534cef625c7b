// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.nbd.wire.BlockSizes;
import mirrorcheck.engine.nbd.wire.WireException;

/**
 * What an export says of itself. What is not offered is refused with EINVAL.
 *
 * @param description for people, may be empty
 * @param features    what is offered; on a read-only export those of writing are not
 * @param blockSizes  what requests have to keep to; others are refused with EINVAL
 */
public record ExportOptions(String description, Set<Feature> features, BlockSizes blockSizes) {
    /** Something that an export may offer or not. */
    public enum Feature {
        FLUSH,
        FUA,
        TRIM,
        WRITE_ZEROES,
        /** Zero writes that fail rather than be slow; only with {@link #WRITE_ZEROES}. */
        FAST_ZERO,
        /** base:allocation; only with structured replies. */
        BLOCK_STATUS,
        /** Says that several connections see each other's writes. */
        MULTI_CONN,
        /**
         * Zeroes that were read go out as holes, in structured replies. They are found in the
         * data: the export sees no other request than the read.
         */
        HOLES
    }

    /** Everything, with default block sizes and no description. */
    public static final ExportOptions ALL =
            new ExportOptions("", EnumSet.allOf(Feature.class), BlockSizes.DEFAULT);

    public ExportOptions {
        features = Set.copyOf(features);
    }

    /** The same without these features. */
    public ExportOptions without(Feature... missing) {
        EnumSet<Feature> left = EnumSet.noneOf(Feature.class);
        left.addAll(features);
        left.removeAll(List.of(missing));
        return new ExportOptions(description, left, blockSizes);
    }

    public ExportOptions withDescription(String value) {
        return new ExportOptions(value, features, blockSizes);
    }

    /**
     * The same with other block sizes.
     *
     * @param maximum at most 32 MiB, which is all that the server takes in any case
     * @throws IllegalArgumentException for sizes that the protocol does not allow
     */
    public ExportOptions withBlockSizes(int minimum, int preferred, long maximum) {
        try {
            WireException.checkRange("nbd maximum block size", maximum, minimum,
                    BlockSizes.MAX_PAYLOAD);
            return new ExportOptions(description, features,
                    new BlockSizes(minimum, preferred, maximum).checked());
        } catch (WireException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    boolean has(Feature feature) {
        return features.contains(feature);
    }
}
