// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

/** How a case or a test ended; a test ends as its worst case did, in the order below. */
public enum Outcome {
    /** Did not apply; its reasons are given. */
    SKIPPED("skip", "skipped"),
    /** Every expectation held and the golden agrees. */
    PASSED("pass", "passed"),
    /** A rule is broken, the golden differs, or the implementation hung. */
    FAILED("FAIL", "failed"),
    /** The script, the host or the set-up is at fault. */
    ERRORED("ERROR", "errored");

    private final String mark;
    private final String word;

    Outcome(String mark, String word) {
        this.mark = mark;
        this.word = word;
    }

    /** What the text report prints: {@code pass}, {@code FAIL}, {@code skip}, {@code ERROR}. */
    public String mark() {
        return mark;
    }

    /** The word in counts and in JSON. */
    public String word() {
        return word;
    }

    /** The worse of two. */
    public Outcome and(Outcome other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
