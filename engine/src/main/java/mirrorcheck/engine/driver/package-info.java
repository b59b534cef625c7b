// SPDX-License-Identifier: Apache-2.0
/**
 * The kinds of block nodes: what lies at the bottom (file, null-co, memory), the raw format, and
 * filters (throttle, blkdebug); {@link mirrorcheck.engine.driver.DriverRegistry} lists them, and
 * those of other rooms, and opens them by options.
 */
package mirrorcheck.engine.driver;
