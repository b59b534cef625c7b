// SPDX-License-Identifier: Apache-2.0
/**
 * What a mirror knows of every chunk: must it still be copied, is it zero on the target.
 *
 * <p>{@link mirrorcheck.engine.bitmap.DirtyBitmap} and {@link mirrorcheck.engine.bitmap.ZeroBitmap}
 * say what a bit means and which way a range is rounded; {@link mirrorcheck.engine.bitmap.Bitmap}
 * turns bytes into chunks; the nodes below it store one bit a chunk in a tree that is nothing but a
 * reference wherever all chunks are alike.
 *
 * <p>Nothing here is safe for use by several threads: callers hold the lock of the job. Nothing
 * here blocks.
 */
package mirrorcheck.engine.bitmap;
