// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The gate's findings as a page in one file, without scripts: for each mirror the ratios of all
 * forks as dots, the baseline above, this run below, and the medians as lines.
 */
record GatePage(List<Verdict> verdicts, boolean red) {
    private static final int WIDTH = 340;
    private static final int MARGIN = 10;
    private static final int BEFORE = 16;
    private static final int AFTER = 40;
    private static final int HEIGHT = 72;

    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>mirrorcheck gate</title>
            <style>
            :root { color-scheme: light dark; --ink: #1b1b1b; --page: #fff; --soft: #767676;
              --before: #5b7fa6; --after: #b4601d; --good: #1a7f37; --bad: #c62828; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --page: #161616;
              --soft: #9a9a9a; --before: #8db3dc; --after: #e79a59; --good: #57c074;
              --bad: #ff7b72; } }
            body { font: 16px/1.4 system-ui, sans-serif; color: var(--ink);
              background: var(--page); margin: 0 auto; padding: 1rem; max-width: 44rem; }
            section { border-top: 1px solid var(--soft); padding: .5rem 0; }
            h2 { font-size: 1rem; margin: .25rem 0; }
            p { margin: .25rem 0; overflow-wrap: anywhere; }
            svg { width: 100%; max-width: 30rem; height: auto; display: block; }
            text { fill: var(--soft); font-size: 10px; }
            .before { fill: var(--before); stroke: var(--before); }
            .after { fill: var(--after); stroke: var(--after); }
            circle { fill-opacity: .55; stroke: none; }
            .good { color: var(--good); } .bad { color: var(--bad); }
            </style>
            </head>
            <body>
            """;

    @Override
    public String toString() {
        StringBuilder page = new StringBuilder(HEAD);
        page.append("<h1 class=\"").append(mood(red)).append("\">gate: ")
                .append(red ? "red" : "green").append("</h1>\n<p>Ratios of a mirror's time to that "
                + "of a plain copy, a dot for each JVM; blue: the baseline, orange: this run."
                + "</p>\n");
        verdicts.forEach(verdict -> append(page, verdict));
        return page.append("</body>\n</html>\n").toString();
    }

    private static String mood(boolean bad) {
        return bad ? "bad" : "good";
    }

    private static void append(StringBuilder page, Verdict verdict) {
        page.append("<section>\n<h2>").append(verdict.name()).append("</h2>\n<p class=\"")
                .append(mood(verdict.isRed())).append("\">").append(verdict.summary())
                .append("</p>\n");
        List<Double> before = verdict.before() == null ? List.of() : verdict.before().ratios();
        List<Double> after = verdict.after().ratios();
        Spread all = Spread.of(Stream.concat(before.stream(), after.stream()).toList());
        page.append("<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(HEIGHT)
                .append("\" role=\"img\" aria-label=\"ratios of ").append(verdict.name())
                .append("\">\n");
        dots(page, before, all, BEFORE, "before");
        dots(page, after, all, AFTER, "after");
        label(page, all.least(), all, "start");
        label(page, all.most(), all, "end");
        page.append("</svg>\n</section>\n");
    }

    private static void dots(StringBuilder page, List<Double> ratios, Spread all, int y,
            String kind) {
        if (ratios.isEmpty()) {
            return;
        }
        for (double ratio : ratios) {
            page.append(String.format(Locale.ROOT,
                    "<circle class=\"%s\" cx=\"%.1f\" cy=\"%d\" r=\"4\"/>%n", kind, x(ratio, all),
                    y));
        }
        double median = x(Spread.of(ratios).median(), all);
        page.append(String.format(Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>%n", kind, median,
                median, y - 9, y + 9));
    }

    private static void label(StringBuilder page, double ratio, Spread all, String anchor) {
        page.append(String.format(Locale.ROOT,
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%.3f</text>%n", x(ratio, all),
                HEIGHT - 6, anchor, ratio));
    }

    private static double x(double ratio, Spread all) {
        double range = all.most() - all.least();
        return range == 0 ? WIDTH / 2.0
                : MARGIN + (ratio - all.least()) / range * (WIDTH - 2 * MARGIN);
    }
}
