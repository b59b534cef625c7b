// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The times of one case as a table in Markdown. The ratios are those of single turns, in which both
 * programs met the same machine; of these the median, and between which they lie.
 *
 * @param what  the case and its size
 * @param times of each program
 */
record PeerTable(String what, Map<String, PeerTimes> times) {
    private static final String NONE = "";

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append("| ").append(what)
                .append(" | ms (least to most) | disk busy, ms | engine to it ")
                .append("| engine no-flush to it |\n")
                .append("| --- | --- | --- | --- | --- |\n");
        times.forEach((name, own) -> text.append("| ").append(name)
                .append(" | ").append(millis(Spread.of(own.copy())))
                .append(" | ").append(busy(own.diskBusy()))
                .append(" | ").append(ratio(Peers.ENGINE, own.copy()))
                .append(" | ").append(ratio(Peers.ENGINE + Peers.NO_FLUSH, own.copy()))
                .append(" |\n"));
        return text.toString();
    }

    private static String millis(Spread spread) {
        String form = spread.median() < 100 ? "%.1f (%.1f to %.1f)" : "%.0f (%.0f to %.0f)";
        return String.format(Locale.ROOT, form, spread.median(), spread.least(), spread.most());
    }

    private static String busy(List<Double> millis) {
        return millis.isEmpty() ? NONE
                : String.format(Locale.ROOT, "%.0f", Spread.of(millis).median());
    }

    private String ratio(String engine, List<Double> own) {
        if (!times.containsKey(engine)) {
            return NONE;
        }
        List<Double> mine = times.get(engine).copy();
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            ratios.add(mine.get(i) / own.get(i));
        }
        Spread spread = Spread.of(ratios);
        return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", spread.median(), spread.least(),
                spread.most());
    }
}
