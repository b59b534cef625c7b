// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.iotests.host.AtomicWrite;
import mirrorcheck.iotests.judge.Rule;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes everything a run told, as one JSON document, when the run ends. */
public final class JsonReport implements Report {
    private final Path file;
    private final PlanOrder order = new PlanOrder();
    private final List<TestResult> results = new ArrayList<>();
    private final Tally tally = new Tally();
    private Event.RunStarted run;

    /** A report that is written to {@code file}, whole or not at all. */
    public JsonReport(Path file) {
        this.file = file;
    }

    @Override
    public void on(Event event) {
        tally.on(event);
        if (event instanceof Event.RunStarted started) {
            run = started;
            order.begin(started.plan());
        } else if (event instanceof Event.TestFinished finished) {
            results.addAll(order.add(finished.result()));
        } else if (event instanceof Event.RunFinished finished) {
            results.addAll(order.rest());
            write(finished);
        }
    }

    private void write(Event.RunFinished finished) {
        JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        try {
            AtomicWrite.write(file, mapper.writeValueAsString(document(finished)) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("--json " + file + ": cannot be written: "
                    + e.getMessage(), e);
        }
    }

    private Map<String, Object> document(Event.RunFinished finished) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("adapter", run.adapter());
        document.put("seed", run.seed());
        document.put("jobs", run.jobs());
        document.put("host", run.host());
        document.put("planned", run.plan().size());
        document.put("interrupted", finished.interrupted());
        document.put("problems", finished.problems());
        document.put("exit-code", tally.exitCode());
        document.put("millis", finished.millis());
        document.put("rules", brokenRules(tally.rules()));
        document.put("known", brokenRules(tally.known()));
        document.put("tests", results.stream().map(JsonReport::test).toList());
        return document;
    }

    private List<Map<String, Object>> brokenRules(Map<String, Integer> broken) {
        List<Map<String, Object>> rules = new ArrayList<>();
        broken.forEach((id, cases) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            Rule rule = run.rules().get(id);
            one.put("rule", id);
            one.put("level", rule == null ? null : rule.level().name());
            one.put("cases", cases);
            rules.add(one);
        });
        return rules;
    }

    private static Map<String, Object> test(TestResult result) {
        Map<String, Object> test = new LinkedHashMap<>();
        test.put("name", result.id().name());
        test.put("adapter", result.id().adapter());
        test.put("format", result.id().format());
        test.put("outcome", result.outcome().word());
        test.put("millis", result.millis());
        test.put("again", result.again());
        test.put("details", result.details());
        test.put("cases", result.cases().stream().map(JsonReport::oneCase).toList());
        return test;
    }

    private static Map<String, Object> oneCase(CaseResult result) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("name", result.name());
        one.put("outcome", result.outcome().word());
        one.put("millis", result.millis());
        one.put("message", result.message());
        one.put("reasons", result.reasons());
        one.put("violations", result.violations());
        one.put("known", result.known());
        return one;
    }
}
