// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.mirror.Geometry;
import mirrorcheck.engine.mirror.InFlight;
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.engine.mirror.Tracking;
import mirrorcheck.iotests.adapter.Session;

/**
 * The engine with one thing about it done wrong, over its seams: the parts a mirror is made of, the
 * nodes at its ends, and what lies between it and a script. Made anew for each script, so that it
 * may remember what it sees.
 */
class Variation {
    /** The source that was opened last, or null. */
    private BlockNode source;
    /** The target that was opened last, or null. */
    private BlockNode target;

    /** What mirrors are made of. */
    MirrorParts parts() {
        return MirrorParts.standard();
    }

    /** What is put above a source. */
    BlockNode aboveSource(BlockNode node) throws BlockException {
        return node;
    }

    /** What is put above a target, or any other node that is no source. */
    BlockNode aboveTarget(BlockNode node) throws BlockException {
        return node;
    }

    /** What lies between a script and the engine. */
    Session session(Session engine) {
        return engine;
    }

    final BlockNode source() {
        return source;
    }

    final BlockNode target() {
        return target;
    }

    final BlockNode above(BlockNode node) throws BlockException {
        if (node.nodeName().equals("source")) {
            source = node;
            return aboveSource(node);
        }
        target = node;
        return aboveTarget(node);
    }

    /** Only the bookkeeping is another. */
    static Variation tracking(BiFunction<Geometry, Boolean, Tracking> tracking) {
        return parts(MirrorParts.standard().withTracking(tracking));
    }

    /** Only the account of requests in flight is another. */
    static Variation inFlight(Supplier<InFlight> inFlight) {
        return parts(MirrorParts.standard().withInFlight(inFlight));
    }

    /** Only the parts are others. */
    static Variation parts(MirrorParts parts) {
        return new Variation() {
            @Override
            MirrorParts parts() {
                return parts;
            }
        };
    }

    /** Something that is put above a node. */
    @FunctionalInterface
    interface Above {
        BlockNode put(BlockNode node) throws BlockException;
    }

    /** Only sources are others. */
    static Variation source(Above above) {
        return new Variation() {
            @Override
            BlockNode aboveSource(BlockNode node) throws BlockException {
                return above.put(node);
            }
        };
    }

    /** Only targets are others. */
    static Variation target(Above above) {
        return new Variation() {
            @Override
            BlockNode aboveTarget(BlockNode node) throws BlockException {
                return above.put(node);
            }
        };
    }

    /** Only what lies between script and engine is another. */
    static Variation session(UnaryOperator<Session> between) {
        return new Variation() {
            @Override
            Session session(Session engine) {
                return between.apply(engine);
            }
        };
    }
}
