// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the host says of a disk. */
class DiskBusyTest {
    @TempDir
    Path dir;

    private OptionalLong millis(String statistics) throws IOException {
        return new DiskBusy(Files.writeString(dir.resolve("stat"), statistics)).millis();
    }

    @Test
    void theTenthNumberIsTheTime() throws IOException {
        assertEquals(OptionalLong.of(5443656), millis(
                " 2175059    58953 2378062024  3688705 14408888   665117 13122948224"
                        + " 87940833        0  5443656 93718990  8446622 576\n"));
    }

    @Test
    void withoutADiskThereIsNone() throws IOException {
        assertEquals(OptionalLong.empty(), new DiskBusy(dir.resolve("missing")).millis());
    }

    @Test
    void aFileThatSaysLessIsNamed() {
        String message = assertThrows(IOException.class, () -> millis("1 2 3")).getMessage();
        assertEquals(dir.resolve("stat") + ": too few numbers: 3", message);
    }
}
