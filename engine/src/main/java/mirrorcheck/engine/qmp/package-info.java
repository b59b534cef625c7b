// SPDX-License-Identifier: Apache-2.0
/**
 * The engine as clients of QEMU's storage daemon see it: the monitor with its commands, errors and
 * events, and what the options of a command line set up.
 *
 * <p>{@link mirrorcheck.engine.qmp.Daemon} holds the nodes, jobs and exports. Bytes of a client go
 * through {@code json} into a {@link mirrorcheck.engine.qmp.Session}, which finds the command in
 * one table, has its arguments checked by their types in {@code schema}, and runs it. Events go to
 * all sessions; see {@link mirrorcheck.engine.qmp.Outbox} for their order.
 *
 * <p>Commands run one at a time, on the thread that reads their client.
 */
package mirrorcheck.engine.qmp;
