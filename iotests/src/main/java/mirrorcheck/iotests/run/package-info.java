// SPDX-License-Identifier: Apache-2.0
/** Finds scripts, runs them isolated and in parallel, compares their transcripts with goldens. */
package mirrorcheck.iotests.run;
