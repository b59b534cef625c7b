// SPDX-License-Identifier: Apache-2.0
/** The suite: runs scripts against an implementation of a mirror and judges what it did. */
package mirrorcheck.iotests;
