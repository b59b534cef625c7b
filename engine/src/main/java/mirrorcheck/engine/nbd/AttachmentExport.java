// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.WriteFlag;

/** An export over an attachment. */
record AttachmentExport(Attachment attachment, boolean writable) implements NbdExport {
    @Override
    public long length() {
        return attachment.length();
    }

    @Override
    public boolean readOnly() {
        return !writable || attachment.node().options().readOnly();
    }

    @Override
    public void read(long offset, MemorySegment into) throws BlockException {
        attachment.read(offset, into);
    }

    @Override
    public void write(long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        attachment.write(offset, from, flags);
    }

    @Override
    public void writeZeroes(long offset, long bytes, Set<WriteFlag> flags) throws BlockException {
        attachment.writeZeroes(offset, bytes, flags);
    }

    @Override
    public void trim(long offset, long bytes) throws BlockException {
        attachment.discard(offset, bytes);
    }

    @Override
    public void flush() throws BlockException {
        attachment.flush();
    }

    @Override
    public Extent blockStatus(long offset, long bytes) throws BlockException {
        return attachment.blockStatus(offset, bytes);
    }
}
