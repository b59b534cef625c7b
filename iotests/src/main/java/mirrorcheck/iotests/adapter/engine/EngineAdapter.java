// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.engine;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.adapter.Session;

/**
 * The reference engine in process: the default implementation under test, with nothing to install.
 */
public final class EngineAdapter implements Adapter {
    private final String name;
    private final MirrorParts parts;
    private final Above above;

    /** What is put above each node that a script opens. */
    @FunctionalInterface
    public interface Above {
        /** The node that the script gets: of the same name as {@code node}, or {@code node}. */
        BlockNode put(BlockNode node) throws BlockException;
    }

    /** The engine as it is. */
    public EngineAdapter() {
        this("engine", MirrorParts.standard());
    }

    /** The engine with parts of another make, such as a bookkeeping that is wrong on purpose. */
    public EngineAdapter(String name, MirrorParts parts) {
        this(name, parts, node -> node);
    }

    /** The engine with other parts and other nodes, such as some that lie about their status. */
    public EngineAdapter(String name, MirrorParts parts, Above above) {
        this.name = name;
        this.parts = parts;
        this.above = above;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public Session open(Path scratch, Runnable progress) {
        return new EngineSession(parts, above, progress);
    }
}
