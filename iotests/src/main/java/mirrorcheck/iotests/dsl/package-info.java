// SPDX-License-Identifier: Apache-2.0
/** The words of scripts: what {@code common.groovy} gives them. */
package mirrorcheck.iotests.dsl;
