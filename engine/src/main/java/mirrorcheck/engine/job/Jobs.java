// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.block.BlockException;

/** The jobs that are not yet dismissed, by id. Safe for use from any thread. */
public final class Jobs {
    private final Map<String, Job> jobs = new LinkedHashMap<>();

    /** Refuses an id that a job has, concluded ones included until they are dismissed. */
    public synchronized void checkFree(String id) throws BlockException {
        if (jobs.containsKey(id)) {
            throw BlockException.refused("Job ID '" + id + "' already in use");
        }
    }

    /** Adds a job under its id, which must be free. */
    public synchronized void add(Job job) throws BlockException {
        checkFree(job.id());
        jobs.put(job.id(), job);
    }

    /** The job with this id, or null. */
    public synchronized Job find(String id) {
        return jobs.get(id);
    }

    /** Every job, in the order of their creation. */
    public synchronized List<Job> all() {
        return List.copyOf(jobs.values());
    }

    synchronized void remove(Job job) {
        jobs.remove(job.id(), job);
    }
}
