// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The page of the gate: whole in itself, and, where there is a Chromium on the PATH, readable on a
 * phone by day and by night.
 */
class GatePageTest {
    private static final int PHONE = 360;
    /** Lays the page out as wide as a phone and tells what came of it. */
    private static final String FRAME = """
            <!DOCTYPE html><title>not measured</title><iframe id="phone" width="%d" height="700"
              style="border:0" srcdoc="%s"></iframe>
            <script>addEventListener('load', () => {
              const page = document.getElementById('phone').contentDocument;
              const style = page.defaultView.getComputedStyle(page.body);
              const texts = [...page.querySelectorAll('text')];
              document.title = [page.documentElement.scrollWidth,
                page.querySelectorAll('circle').length, style.backgroundColor, style.color,
                parseFloat(style.fontSize), Math.min(...texts.map(
                  text => text.getBoundingClientRect().height)) > 8].join('|');
            });</script>
            """;

    @TempDir
    private Path dir;

    private static GatePage page() {
        List<Double> before = List.of(1.0, 1.01, 1.02, 0.99, 1.0, 1.03);
        Verdict slower = Verdict.of("dense", new Measured(Map.of("dataWrites", 256L), before),
                new Measured(Map.of("dataWrites", 256L), before.stream().map(one -> one * 1.2)
                        .toList()), true);
        Verdict costlier = Verdict.of("a-mirror-with-quite-a-long-name-that-must-be-wrapped",
                new Measured(Map.of("dataWrites", 256L), before),
                new Measured(Map.of("dataWrites", 257L), before), true);
        Verdict unknown = Verdict.of("new", null,
                new Measured(Map.of("dataWrites", 1L), List.of(1.5)), true);
        return new GatePage(List.of(slower, costlier, unknown), true);
    }

    @Test
    void thePageTellsEveryVerdictAndAsksNobody() {
        String text = page().toString();

        assertTrue(text.contains("gate: red"), text);
        assertTrue(text.contains("slower: +20.0 %"), text);
        assertTrue(text.contains("counts differ: dataWrites: 256 -> 257"), text);
        assertTrue(text.contains("not in the baseline"), text);
        assertEquals(6 + 6 + 6 + 6 + 1, text.split("<circle").length - 1);
        for (String outside : List.of("http", "src=", "href=", "<script", "@import", "url(")) {
            assertFalse(text.contains(outside), outside);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"light, 1, 'rgb(255, 255, 255)', 'rgb(27, 27, 27)'",
        "dark, 0, 'rgb(22, 22, 22)', 'rgb(232, 232, 232)'"})
    void aPhoneShowsItWhole(String name, int scheme, String paper, String ink) throws Exception {
        Path browser = browser();
        assumeTrue(browser != null, "no chromium on the PATH");
        String page = page().toString().replace("&", "&amp;").replace("\"", "&quot;");
        Path file = dir.resolve(name + ".html");
        Files.writeString(file, FRAME.formatted(PHONE, page));

        String[] told = title(browser, scheme, file).split("\\|");

        assertEquals(PHONE, Integer.parseInt(told[0]), "nothing is wider than the screen");
        assertEquals("25", told[1], "every dot is drawn");
        assertEquals(paper, told[2]);
        assertEquals(ink, told[3]);
        assertTrue(Double.parseDouble(told[4]) >= 16, "size of the text: " + told[4]);
        assertEquals("true", told[5], "labels of plots can be read");
    }

    private static Path browser() {
        return Stream.of(System.getenv("PATH").split(":")).map(one -> Path.of(one, "chromium"))
                .filter(Files::isExecutable).findFirst().orElse(null);
    }

    private String title(Path browser, int scheme, Path file)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(browser.toString(), "--headless", "--no-sandbox",
                "--disable-gpu", "--blink-settings=preferredColorScheme=" + scheme,
                "--user-data-dir=" + dir.resolve("profile"), "--dump-dom", file.toUri().toString())
                .redirectError(dir.resolve("errors").toFile()).start();
        try {
            String dom = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8);
            // One that does not run at all says nothing of the page.
            assumeTrue(process.waitFor() == 0, () -> "chromium does not run: " + errors());
            return dom.substring(dom.indexOf("<title>") + 7, dom.indexOf("</title>"));
        } finally {
            process.destroyForcibly();
        }
    }

    private String errors() {
        try {
            return Files.readString(dir.resolve("errors"));
        } catch (IOException e) {
            return e.getMessage();
        }
    }
}
