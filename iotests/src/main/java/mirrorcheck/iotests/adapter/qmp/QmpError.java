// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.qmp;

import java.io.IOException;

/** A command that the daemon refused: the class and the text of its error reply. */
public final class QmpError extends IOException {
    private static final long serialVersionUID = 1L;

    private final String errorClass;

    QmpError(String errorClass, String description) {
        super(description);
        this.errorClass = errorClass;
    }

    /** Such as {@code GenericError} or {@code DeviceNotActive}. */
    public String errorClass() {
        return errorClass;
    }
}
