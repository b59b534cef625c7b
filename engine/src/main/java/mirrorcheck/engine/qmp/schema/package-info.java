// SPDX-License-Identifier: Apache-2.0
/**
 * The types of commands, arguments, replies and events, written down once: arguments are checked by
 * them and {@code query-qmp-schema} is printed from them.
 */
package mirrorcheck.engine.qmp.schema;
