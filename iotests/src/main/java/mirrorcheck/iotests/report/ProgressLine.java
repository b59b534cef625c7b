// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** One line at the bottom of a terminal that says what runs, rewritten in place. */
final class ProgressLine {
    private static final String ERASE = "\r\033[K";
    /** Redrawing for each of thousands of cases would cost more than the cases. */
    private static final int EVERY_CASES = 20;

    private final PrintStream out;
    private final int width;
    private final Map<TestId, Integer> running = new LinkedHashMap<>();
    private int planned;
    private int ended;
    private int sinceDrawn;
    private boolean visible;

    /** A line of at most {@code width} columns; 0 draws nothing. */
    ProgressLine(PrintStream out, int width) {
        this.out = out;
        this.width = width;
    }

    /**
     * Follows an event and redraws; lines that scroll must be printed between {@link #erase} and
     * this.
     */
    void on(Event event) {
        switch (event) {
            case Event.RunStarted started -> planned = started.plan().size();
            case Event.TestStarted started -> running.put(started.test(), 0);
            case Event.CaseFinished finished -> running.merge(finished.test(), 1, Integer::sum);
            case Event.TestFinished finished -> {
                running.remove(finished.result().id());
                ended++;
            }
            case Event.RunFinished finished -> running.clear();
        }
        boolean isCase = event instanceof Event.CaseFinished;
        if (!isCase || ++sinceDrawn >= EVERY_CASES) {
            draw();
        }
    }

    /** Clears the line, so that something else can be printed. */
    void erase() {
        if (visible) {
            out.print(ERASE);
            visible = false;
        }
    }

    private void draw() {
        sinceDrawn = 0;
        if (width == 0 || running.isEmpty()) {
            erase();
            return;
        }
        String text = running.entrySet().stream()
                .map(one -> one.getKey() + (one.getValue() == 0 ? "" : " (" + one.getValue() + ")"))
                .collect(Collectors.joining(", ", "[" + ended + "/" + planned + "] ", ""));
        out.print(ERASE + text.substring(0, Math.min(text.length(), width - 1)));
        out.flush();
        visible = true;
    }
}
