// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.block.Interruptions;
import mirrorcheck.engine.nbd.ExportOptions.Feature;
import mirrorcheck.engine.nbd.wire.Flags;
import mirrorcheck.engine.nbd.wire.Info;

/** An export with its name, and the connections that use it. */
final class ServedExport {
    private final String name;
    private final NbdExport export;
    private final ExportOptions options;
    private final List<ServerConnection> users = new ArrayList<>();
    private boolean removed;

    ServedExport(String name, NbdExport export, ExportOptions options) {
        this.name = name;
        this.export = export;
        this.options = options;
    }

    String name() {
        return name;
    }

    NbdExport export() {
        return export;
    }

    ExportOptions options() {
        return options;
    }

    /** What a client is told, see {@link Flags}. */
    Info.Export info(boolean structured) {
        boolean readOnly = export.readOnly();
        int flags = Flags.HAS_FLAGS
                | flag(readOnly, Flags.READ_ONLY)
                | flag(options.has(Feature.FLUSH), Flags.SEND_FLUSH)
                | flag(options.has(Feature.FUA), Flags.SEND_FUA)
                | flag(structured, Flags.SEND_DF)
                | flag(options.has(Feature.MULTI_CONN), Flags.CAN_MULTI_CONN);
        if (!readOnly) {
            boolean zeroes = options.has(Feature.WRITE_ZEROES);
            flags |= flag(options.has(Feature.TRIM), Flags.SEND_TRIM)
                    | flag(zeroes, Flags.SEND_WRITE_ZEROES)
                    | flag(zeroes && options.has(Feature.FAST_ZERO), Flags.SEND_FAST_ZERO);
        }
        return new Info.Export(export.length(), flags);
    }

    private static int flag(boolean set, int flag) {
        return set ? flag : 0;
    }

    /** Makes a connection a user. Answers false if the export is being removed. */
    synchronized boolean enter(ServerConnection user) {
        if (removed) {
            return false;
        }
        users.add(user);
        return true;
    }

    /** Called when no request of the connection runs any more. */
    synchronized void leave(ServerConnection user) {
        users.remove(user);
        notifyAll();
    }

    synchronized int users() {
        return users.size();
    }

    /** Lets nobody in from now on. Answers false, and changes nothing, if it is used. */
    synchronized boolean removeIfUnused() {
        removed |= users.isEmpty();
        return removed;
    }

    /** Lets nobody in from now on, and may have those that are in leave. */
    void remove(boolean disconnect) {
        List<ServerConnection> present;
        synchronized (this) {
            removed = true;
            present = List.copyOf(users);
        }
        if (disconnect) {
            present.forEach(ServerConnection::close);
        }
    }

    /** Blocks until the last user has left; an interrupt does not end it. */
    synchronized void awaitUnused() {
        Interruptions.await(this, users::isEmpty);
    }
}
