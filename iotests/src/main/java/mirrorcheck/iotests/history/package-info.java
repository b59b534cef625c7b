// SPDX-License-Identifier: Apache-2.0
/** Random histories: made from a seed, played through the words of scripts, shrunk to a script. */
package mirrorcheck.iotests.history;
