// SPDX-License-Identifier: Apache-2.0
/**
 * The qcow2 image format, versions 2 and 3: driver {@code qcow2}.
 *
 * <p>Written from the public specification "Qcow2 Image File Format" and from what images of
 * qemu-img hold. Fields, bits and tables have the names they have there; all numbers are
 * big-endian.
 *
 * <p>{@link mirrorcheck.engine.driver.qcow2.Image} ties the parts together: {@code Header} and its
 * extensions; {@code L2Tables} (guest offset to host offset); {@code Refcounts} (which clusters of
 * the file are free); {@code Checkpoint} (in which order tables reach the file). The node itself
 * hands a request to {@code Reader}, {@code Writer}, {@code Zeroer} or {@code StatusScan}.
 *
 * <p>Locks, in the order they are taken: the range lock of a guest range (reads and overwrites
 * share it, whoever changes the mapping has it alone), the checkpoint's lock, the lock of the
 * metadata in memory. Guest data is read and written under the first only.
 */
package mirrorcheck.engine.driver.qcow2;
