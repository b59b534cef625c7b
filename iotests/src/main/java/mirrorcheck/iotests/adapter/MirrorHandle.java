// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A mirror job, by the verbs and queries of QMP. */
public interface MirrorHandle {
    /** The job's id. */
    String id();

    /**
     * What {@code query-block-jobs} says of the job: {@code status}, {@code len}, {@code offset},
     * {@code ready}, {@code paused}, {@code busy}, {@code speed}, {@code io-status}, {@code
     * actively-synced}, {@code error} if any. Once the job is gone: {@code status=null} and the
     * last {@code len}, {@code offset} and {@code error} seen.
     */
    Map<String, Object> query() throws IOException;

    /**
     * Bytes that the target may still lack: {@code len} less {@code offset}, unless the
     * implementation knows of more that it has not yet counted. At 0 everything a guest was told is
     * done has been mirrored.
     */
    default long outstanding() throws IOException {
        Map<String, Object> now = query();
        return ((Number) now.get("len")).longValue() - ((Number) now.get("offset")).longValue();
    }

    /**
     * Blocks until the status is one of {@code statuses} or the job has ended.
     *
     * @return the status reached
     * @throws IOException if the implementation died
     */
    String awaitStatus(Set<String> statuses) throws IOException;

    /**
     * Sends a verb: {@code complete}, {@code cancel} (with {@code force}), {@code pause}, {@code
     * resume}, {@code finalize}, {@code dismiss}, {@code set-speed} (with {@code speed}), {@code
     * change} (with {@code copy-mode}).
     *
     * @throws IOException with the implementation's own text if it refuses
     */
    void verb(String verb, Map<String, Object> arguments) throws IOException;

    /**
     * The job's events so far, each {@code NAME} or {@code NAME key=value ...} with sorted keys and
     * no timestamp.
     */
    List<String> events();
}
