// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.io.IOException;

/** Giving up what nobody will use. */
final class Closing {
    private Closing() {
    }

    /** Closes; the error of it is nobody's. */
    static void quietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (IOException e) {
            // The command has failed already, or the process ends.
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
