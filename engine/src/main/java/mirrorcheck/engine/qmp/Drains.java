// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.Jobs;
import mirrorcheck.engine.mirror.MirrorJob;

/**
 * Keeps jobs quiet while the graph is changed around them. A client sees an idle job in standby, or
 * paused, for that moment, as with QEMU, which shows one such moment for each of the steps that a
 * change takes there.
 */
final class Drains {
    private final Jobs jobs;

    Drains(Jobs jobs) {
        this.jobs = jobs;
    }

    /** A change of the graph. */
    @FunctionalInterface
    interface Change<T> {
        T make() throws BlockException;
    }

    /** Makes a change with the jobs quiet that have a part in {@code node}. */
    <T> T around(BlockNode node, Change<T> change) throws BlockException {
        return around(job -> job.uses(node), change);
    }

    /** Makes a change with all jobs quiet. */
    <T> T aroundAll(Change<T> change) throws BlockException {
        return around(job -> true, change);
    }

    private <T> T around(Predicate<MirrorJob> which, Change<T> change) throws BlockException {
        List<Job> quiet = new ArrayList<>();
        for (Job job : jobs.all()) {
            if (job instanceof MirrorJob mirror && which.test(mirror) && job.beginDrain()) {
                quiet.add(job);
            }
        }
        try {
            return change.make();
        } finally {
            quiet.forEach(Job::endDrain);
        }
    }
}
