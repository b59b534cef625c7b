// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.IOException;
import mirrorcheck.iotests.adapter.Adapter;

/** Makes the adapter of a run. */
@FunctionalInterface
public interface AdapterFactory {
    /**
     * Makes it; starts nothing that must be stopped.
     *
     * @throws IOException if it is not set up right; the message says what to do
     */
    Adapter create() throws IOException;
}
