// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import mirrorcheck.iotests.host.AtomicWrite;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.report.TestId;

/**
 * The expected transcript of one test.
 *
 * <p>{@code NAME.out} holds for every adapter and format; {@code NAME.ADAPTER.out} or else {@code
 * NAME.FORMAT.out} takes its place where it exists.
 *
 * @param file    the golden in force; it need not exist
 * @param text    its content, one byte a character; null if it does not exist
 */
public record Golden(Path file, String text) {
    /** How the file name of a golden ends. */
    public static final String ENDING = ".out";

    /**
     * Finds and reads the golden of a test.
     *
     * @throws HarnessError if it exists and cannot be read
     */
    public static Golden of(SuiteTree tree, TestId test) {
        Path file = tree.goldens().resolve(test.name() + ENDING);
        for (String variant : new String[] {test.adapter(), test.format()}) {
            Path other = tree.goldens().resolve(test.name() + "." + variant + ENDING);
            if (Files.exists(other)) {
                file = other;
                break;
            }
        }
        try {
            return new Golden(file, Files.exists(file)
                    ? Files.readString(file, StandardCharsets.ISO_8859_1) : null);
        } catch (IOException e) {
            throw new HarnessError(tree.shown(file) + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The test a golden belongs to, by its name without ending, variants included. */
    static String testName(String golden, Collection<String> names) {
        int dot = golden.indexOf('.', golden.lastIndexOf('/') + 1);
        return names.contains(golden) || dot < 0 ? golden : golden.substring(0, dot);
    }

    /** Whether there is one. */
    public boolean exists() {
        return text != null;
    }

    /** Where the transcript goes when it differs: beside the golden. */
    public Path actual() {
        return file.resolveSibling(file.getFileName() + ".actual");
    }

    /**
     * Writes {@link #actual}, whole or not at all.
     *
     * @throws HarnessError if it cannot be written
     */
    void writeActual(SuiteTree tree, String transcript) {
        write(tree, actual(), transcript);
    }

    /** Removes what an earlier run left at {@link #actual}. */
    void deleteActual() {
        try {
            Files.deleteIfExists(actual());
        } catch (IOException e) {
            throw new HarnessError(actual() + ": cannot be deleted: " + e.getMessage(), e);
        }
    }

    /**
     * Makes {@code transcript} the golden, whole or not at all.
     *
     * @throws HarnessError if it cannot be written; the old golden is untouched
     */
    void bless(SuiteTree tree, String transcript) {
        write(tree, file, transcript);
    }

    private static void write(SuiteTree tree, Path file, String transcript) {
        try {
            AtomicWrite.write(file, transcript.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new HarnessError(tree.shown(file) + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
