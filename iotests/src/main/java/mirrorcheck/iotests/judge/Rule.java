// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

/**
 * One rule of {@code iotests/CONTRACT.md}.
 *
 * @param id       such as {@code ZERO-1}
 * @param level    how binding it is
 * @param sentence what must hold, one sentence
 * @param source   where it comes from: a measurement, a bug, a section of a specification
 * @param hint     what an implementer should look at if it fails
 */
public record Rule(String id, Level level, String sentence, String source, String hint) {
}
