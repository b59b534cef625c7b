// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

/**
 * The mirror is wrong: one rule, what was observed and what was expected.
 *
 * @param rule     id of the rule, such as {@code ZERO-1}
 * @param subject  what was looked at: {@code target}
 * @param observed the fact, in the words of the transcript: {@code allocated 20 MiB (full)}
 * @param expected what the rule asks for: {@code sparse}
 */
public record ContractViolation(String rule, String subject, String observed, String expected) {
    /** One line: {@code target: allocated 20 MiB (full); expected sparse (ZERO-1)}. */
    @Override
    public String toString() {
        return subject + ": " + observed + "; expected " + expected + " (" + rule + ")";
    }
}
