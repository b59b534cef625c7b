// SPDX-License-Identifier: Apache-2.0
/**
 * The JSON dialect of the QMP wire: values in a stream without separators, strings in either quotes,
 * errors with a position, and a way back into step after nonsense.
 *
 * <p>A value is null, a {@code Boolean}, a {@code Long}, a {@code BigInteger} (from 2^63 to
 * 2^64 - 1), a {@code Double}, a {@code String}, a {@code List} or a {@code Map} in the order in
 * which its members came. Nothing here is safe for use by several threads, nothing blocks.
 */
package mirrorcheck.engine.qmp.json;
