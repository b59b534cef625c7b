// SPDX-License-Identifier: Apache-2.0
/**
 * The messages of the NBD protocol as bytes: what they are made of, how they are written, how they
 * are read and what of them is refused. Nothing here knows a socket or a thread.
 *
 * <p>Source: "The NBD protocol" (NetworkBlockDevice/nbd, doc/proto.md). All numbers are big-endian.
 * Lengths of 32 bits are unsigned and held in a {@code long}; an offset beyond 2^63 - 1 comes out
 * negative and is outside of every export.
 */
package mirrorcheck.engine.nbd.wire;
