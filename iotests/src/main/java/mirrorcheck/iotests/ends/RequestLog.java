// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.ends;

import java.util.ArrayList;
import java.util.List;

/**
 * The requests that reached one end of the copy, in the order of their arrival. Safe for use from
 * any thread.
 */
public final class RequestLog {
    private final List<Request> requests = new ArrayList<>();

    /** Adds a request that arrived. */
    public synchronized void add(Request request) {
        requests.add(request);
    }

    /** Everything since the log began or was cleared. */
    public synchronized List<Request> all() {
        return List.copyOf(requests);
    }

    /** One request a line, in the order of their arrival. */
    @Override
    public synchronized String toString() {
        StringBuilder text = new StringBuilder();
        requests.forEach(request -> text.append(request.kind().word()).append(' ')
                .append(request.offset()).append(' ').append(request.bytes()).append('\n'));
        return text.toString();
    }

    /** Forgets everything so far. */
    public synchronized void clear() {
        requests.clear();
    }
}
