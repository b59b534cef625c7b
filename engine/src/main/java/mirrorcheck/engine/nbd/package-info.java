// SPDX-License-Identifier: Apache-2.0
/**
 * Block nodes over sockets: a server that exports them and a node that uses an export.
 *
 * <p>{@link mirrorcheck.engine.nbd.NbdServer} offers {@link mirrorcheck.engine.nbd.NbdExport}s by
 * name; what it says it can do is a matter of {@link mirrorcheck.engine.nbd.ExportOptions}.
 * {@link mirrorcheck.engine.nbd.NbdNode} is the client. Both speak fixed newstyle with simple and
 * structured replies and base:allocation; the messages themselves are in {@code wire}.
 *
 * <p>Threads of the server: one that accepts; for each connection one that negotiates and then
 * reads requests; workers shared by all that run them; and one for each connection whose client is
 * slower in reading than the server in answering. No worker waits for a client, no reader for a
 * worker's answer: what a client can make the server hold is bounded, and is its own.
 */
package mirrorcheck.engine.nbd;
