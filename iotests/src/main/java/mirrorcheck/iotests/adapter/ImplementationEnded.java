// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter;

import java.io.IOException;

/**
 * The implementation ended by itself, while it was asked to do something legal (rule SAFE-1). The
 * message holds how it ended and its last words.
 */
public final class ImplementationEnded extends IOException {
    private static final long serialVersionUID = 1L;

    public ImplementationEnded(String message, Throwable cause) {
        super(message, cause);
    }
}
