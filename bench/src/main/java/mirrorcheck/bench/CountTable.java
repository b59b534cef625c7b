// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import mirrorcheck.iotests.ends.Request;
import mirrorcheck.iotests.ends.Request.Kind;

/**
 * What the copies of one case asked of the file below their targets, as a table in Markdown. How a
 * range is cut into requests is the affair of each program; the bytes are not.
 *
 * @param what     the case and its size
 * @param requests those of one copy of each program
 */
record CountTable(String what, Map<String, List<Request>> requests) {
    private static final Predicate<Request> DATA = request -> request.kind() == Kind.WRITE;
    private static final Predicate<Request> ZEROES = request -> request.kind().isZero();
    private static final Predicate<Request> STATUS =
            request -> request.kind() == Kind.BLOCK_STATUS;

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append("| ").append(what).append(" | data writes | bytes written | zero writes ")
                .append("| bytes zeroed | block status of the target |\n")
                .append("| --- | --- | --- | --- | --- | --- |\n");
        requests.forEach((name, own) -> text.append("| ").append(name)
                .append(" | ").append(number(own, DATA)).append(" | ").append(bytes(own, DATA))
                .append(" | ").append(number(own, ZEROES)).append(" | ").append(bytes(own, ZEROES))
                .append(" | ").append(number(own, STATUS)).append(" |\n"));
        return text.toString();
    }

    private static long number(List<Request> requests, Predicate<Request> which) {
        return requests.stream().filter(which).count();
    }

    private static long bytes(List<Request> requests, Predicate<Request> which) {
        return requests.stream().filter(which).mapToLong(Request::bytes).sum();
    }
}
