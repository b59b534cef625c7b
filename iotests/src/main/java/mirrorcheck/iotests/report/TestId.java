// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

/**
 * One script on one adapter with one source format: what runs, and what a result belongs to.
 *
 * @param name    path of the script below {@code iotests/tests}, without ending
 * @param adapter name of the adapter
 * @param format  format of source images
 */
public record TestId(String name, String adapter, String format) {
    /**
     * Name of the scratch folder and key of the last time: {@code copy/mirror-sparse-engine-raw}.
     */
    public String key() {
        return name + "-" + adapter + "-" + format;
    }

    /** What a reader sees: the name, and the format unless it is raw. */
    @Override
    public String toString() {
        return format.equals("raw") ? name : name + " (" + format + ")";
    }
}
