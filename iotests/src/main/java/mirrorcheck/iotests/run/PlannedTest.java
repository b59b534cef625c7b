// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import mirrorcheck.iotests.report.TestId;

/** A script that is to run, and on what. */
public record PlannedTest(TestScript script, TestId id) {
}
