// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of whole mirrors and of their parts. */
package mirrorcheck.bench;
