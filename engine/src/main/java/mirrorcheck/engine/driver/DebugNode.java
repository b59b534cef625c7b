// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.RequestFilter;
import mirrorcheck.engine.host.Errno;

/**
 * A filter that fails requests by rules that it was opened with: driver {@code blkdebug}.
 */
public final class DebugNode extends RequestFilter {
    private final List<DebugRule> rules;
    private final Set<DebugRule.Event> happened = new HashSet<>(Set.of(DebugRule.Event.NONE));

    /** As a filter node. Of several rules that match a request the first one given decides. */
    public DebugNode(NodeOptions options, BlockNode child, boolean ownsChild,
            List<DebugRule> rules) throws BlockException {
        super(options, child, ownsChild);
        this.rules = new ArrayList<>(rules);
    }

    @Override
    protected void before(Request request) throws BlockException {
        Errno errno = decide(request);
        if (errno != null) {
            throw new BlockException(errno, nodeName() + ": " + request.kind() + " at "
                    + request.offset() + ", " + request.bytes() + " bytes: error injected: "
                    + errno.text());
        }
    }

    private synchronized Errno decide(Request request) {
        for (DebugRule.Event event : DebugRule.Event.values()) {
            if (event.isCausedBy(request.kind())) {
                happened.add(event);
            }
        }
        for (DebugRule rule : rules) {
            if (happened.contains(rule.event()) && rule.matches(request)) {
                if (rule.once()) {
                    rules.remove(rule);
                }
                return rule.errno();
            }
        }
        return null;
    }
}
