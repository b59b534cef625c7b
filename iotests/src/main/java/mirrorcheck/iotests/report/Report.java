// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

/** Makes something of the events of a run. Events arrive one at a time, from changing threads. */
public interface Report {
    /**
     * Takes one event.
     *
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    void on(Event event);
}
