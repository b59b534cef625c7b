// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.adapter.engine.EngineAdapter;

/**
 * A mirror that is wrong on purpose.
 *
 * @param bug    the bug of CONTRACT.md that it stands for, {@code B05}, or {@code -} for an update
 *               of the zero bitmap that is left out
 * @param what   what is wrong with it
 * @param make   makes it, for one script
 * @param script the directed script that must catch it
 * @param rule   the rule that must be found broken
 */
record Broken(String bug, String what, Supplier<Variation> make, String script, String rule)
        implements Adapter {
    static final String NAME = "broken";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<Capability> capabilities() {
        return new EngineAdapter().capabilities();
    }

    @Override
    public Session open(Path scratch, Runnable progress) {
        Variation variation = make.get();
        return variation.session(new EngineAdapter(NAME, variation.parts(), variation::above)
                .open(scratch, progress));
    }

    @Override
    public String toString() {
        return bug + " " + what + ": " + script + " says " + rule;
    }
}
