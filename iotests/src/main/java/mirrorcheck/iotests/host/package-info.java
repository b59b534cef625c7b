// SPDX-License-Identifier: Apache-2.0
/**
 * What the suite asks of the machine it runs on: the clock, whole files, and probes of the scratch
 * directory.
 */
package mirrorcheck.iotests.host;
