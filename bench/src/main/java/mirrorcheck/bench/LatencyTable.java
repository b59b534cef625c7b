// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * How long guest writes took in one copy-mode, as a table in Markdown: the median of the turns
 * and, if there are several, between which they lie. The ratios are those of single turns, in which
 * both daemons met the same machine.
 *
 * @param what    the copy-mode and the size
 * @param most    writes after which a guest stopped, READY or not
 * @param samples of each daemon, in the order of the turns; all have as many
 */
record LatencyTable(String what, long most, Map<String, List<LatencySample>> samples) {
    private static final String WHOLE = "%.0f";
    private static final double MICRO = TimeUnit.MICROSECONDS.toNanos(1);
    private static final double MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append("| ").append(what).append(" | writes | p50 us | p99 us | p99.9 us | max us "
                + "| READY after ms | engine's p99 to it |\n"
                + "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        samples.forEach((name, own) -> {
            row(text, name, own, LatencySample::mirrored,
                    spread(WHOLE, values(own, LatencySample::readyNanos, MILLI)));
            row(text, name + ", no mirror", own, LatencySample::alone, "");
        });
        samples.forEach((name, own) -> stopped(text, name, own));
        return text.toString();
    }

    /** Says so where it was not READY that ended the writes: such a mirror was not seen whole. */
    private void stopped(StringBuilder text, String name, List<LatencySample> own) {
        long stopped = own.stream().filter(sample -> sample.mirrored().writes() >= most).count();
        if (stopped > 0) {
            text.append('\n').append(name).append(": guest stopped at ").append(most)
                    .append(" writes in ").append(stopped).append(" of ").append(own.size())
                    .append(" turns\n");
        }
    }

    private void row(StringBuilder text, String name, List<LatencySample> own,
            Function<LatencySample, Percentiles> part, String ready) {
        text.append("| ").append(name).append(" | ");
        cell(text, own, part, Percentiles::writes, 1);
        cell(text, own, part, Percentiles::p50, MICRO);
        cell(text, own, part, Percentiles::p99, MICRO);
        cell(text, own, part, Percentiles::p999, MICRO);
        cell(text, own, part, Percentiles::most, MICRO);
        text.append(ready).append(" | ").append(ratio(own, part)).append(" |\n");
    }

    private static void cell(StringBuilder text, List<LatencySample> own,
            Function<LatencySample, Percentiles> part, ToLongFunction<Percentiles> figure,
            double unit) {
        text.append(spread(WHOLE, values(own,
                sample -> figure.applyAsLong(part.apply(sample)), unit))).append(" | ");
    }

    private static List<Double> values(List<LatencySample> own, ToLongFunction<LatencySample> value,
            double unit) {
        return own.stream().map(sample -> value.applyAsLong(sample) / unit).toList();
    }

    private static String spread(String form, List<Double> values) {
        Spread spread = Spread.of(values);
        return String.format(Locale.ROOT, values.size() == 1 ? form
                : form + " (" + form + " to " + form + ")", spread.median(), spread.least(),
                spread.most());
    }

    private String ratio(List<LatencySample> own, Function<LatencySample, Percentiles> part) {
        List<LatencySample> engine = samples.get(Peers.ENGINE);
        List<Double> ratios = new ArrayList<>();
        IntStream.range(0, own.size()).forEach(turn -> ratios.add(
                part.apply(engine.get(turn)).p99() / (double) part.apply(own.get(turn)).p99()));
        return spread("%.2f", ratios);
    }
}
