// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

/**
 * One script on one adapter with one format of images: what runs, and what a result belongs to.
 *
 * @param name    path of the script below {@code iotests/tests}, without ending
 * @param adapter name of the adapter
 * @param format  format of source images, and of targets if they are not raw: {@code raw}, {@code
 *                qcow2}, {@code raw-to-qcow2}
 */
public record TestId(String name, String adapter, String format) {
    private static final String RAW = "raw";
    private static final String TO = "-to-";

    /** The format of these sources and targets. */
    public static String format(String source, String target) {
        return target.equals(RAW) ? source : source + TO + target;
    }

    /** Format of source images. */
    public String sourceFormat() {
        return format.split(TO)[0];
    }

    /** Format of target images. */
    public String targetFormat() {
        String[] both = format.split(TO);
        return both.length > 1 ? both[1] : RAW;
    }

    /**
     * Name of the scratch folder and key of the last time: {@code copy/mirror-sparse-engine-raw}.
     */
    public String key() {
        return name + "-" + adapter + "-" + format;
    }

    /** What a reader sees: the name, and the format unless it is raw. */
    @Override
    public String toString() {
        return format.equals(RAW) ? name : name + " (" + format + ")";
    }
}
