// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import mirrorcheck.iotests.host.AtomicWrite;
import mirrorcheck.iotests.judge.ContractViolation;

/** Writes JUnit XML when the run ends: a suite per test, a testcase per case. */
public final class JunitReport implements Report {
    private final Path file;
    private final PlanOrder order = new PlanOrder();
    private final List<TestResult> results = new ArrayList<>();

    /** A report that is written to {@code file}, whole or not at all. */
    public JunitReport(Path file) {
        this.file = file;
    }

    @Override
    public void on(Event event) {
        if (event instanceof Event.RunStarted started) {
            order.begin(started.plan());
        } else if (event instanceof Event.TestFinished finished) {
            results.addAll(order.add(finished.result()));
        } else if (event instanceof Event.RunFinished finished) {
            results.addAll(order.rest());
            try {
                AtomicWrite.write(file, xml(finished));
            } catch (IOException e) {
                throw new UncheckedIOException("--junit-xml " + file + ": cannot be written: "
                        + e.getMessage(), e);
            }
        }
    }

    private String xml(Event.RunFinished run) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            line(xml, 0);
            xml.writeStartElement("testsuites");
            counts(xml, results, run.millis());
            for (TestResult result : results) {
                suite(xml, result);
            }
            line(xml, 0);
            xml.writeEndElement();
            line(xml, 0);
            xml.writeEndDocument();
            xml.flush();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("JUnit XML: " + e.getMessage(), e);
        }
        return text.toString();
    }

    private static void counts(XMLStreamWriter xml, List<TestResult> of, long millis)
            throws XMLStreamException {
        int cases = of.stream().mapToInt(one -> one.cases().size()).sum();
        attribute(xml, "tests", String.valueOf(cases));
        attribute(xml, "failures", count(of, Outcome.FAILED));
        attribute(xml, "errors", count(of, Outcome.ERRORED));
        attribute(xml, "skipped", count(of, Outcome.SKIPPED));
        attribute(xml, "time", seconds(millis));
    }

    private static void suite(XMLStreamWriter xml, TestResult result) throws XMLStreamException {
        line(xml, 1);
        xml.writeStartElement("testsuite");
        attribute(xml, "name", result.id().toString());
        counts(xml, List.of(result), result.millis());
        for (CaseResult one : result.cases()) {
            testcase(xml, one, result);
        }
        line(xml, 1);
        xml.writeEndElement();
    }

    private static void testcase(XMLStreamWriter xml, CaseResult one, TestResult result)
            throws XMLStreamException {
        line(xml, 2);
        boolean passed = one.outcome() == Outcome.PASSED;
        start(xml, "testcase", passed);
        attribute(xml, "classname", String.join(".", result.id().adapter(), result.id().format(),
                result.id().name().replace('/', '.')));
        attribute(xml, "name", one.name());
        attribute(xml, "time", seconds(one.millis()));
        if (!passed) {
            verdict(xml, one, result);
            line(xml, 2);
            xml.writeEndElement();
        }
    }

    private static void verdict(XMLStreamWriter xml, CaseResult one, TestResult result)
            throws XMLStreamException {
        line(xml, 3);
        boolean skipped = one.outcome() == Outcome.SKIPPED;
        start(xml, skipped ? "skipped" : one.outcome() == Outcome.ERRORED ? "error" : "failure",
                skipped);
        attribute(xml, "message", one.why());
        if (!skipped) {
            attribute(xml, "type", type(one));
            xml.writeCharacters(legal(body(one, result)));
            xml.writeEndElement();
        }
    }

    private static void start(XMLStreamWriter xml, String name, boolean empty)
            throws XMLStreamException {
        if (empty) {
            xml.writeEmptyElement(name);
        } else {
            xml.writeStartElement(name);
        }
    }

    private static String type(CaseResult one) {
        String rules = one.violations().stream().map(ContractViolation::rule).distinct()
                .collect(Collectors.joining(" "));
        return rules.isEmpty() ? one.outcome().word() : rules;
    }

    private static String body(CaseResult one, TestResult result) {
        List<String> lines = new ArrayList<>();
        one.violations().forEach(violation -> lines.add(violation.toString()));
        if (!one.message().isEmpty()) {
            lines.add(one.message());
        }
        lines.add("again: " + result.again());
        lines.addAll(result.detailsWith(one));
        return String.join("\n", lines);
    }

    private static void attribute(XMLStreamWriter xml, String name, String value)
            throws XMLStreamException {
        xml.writeAttribute(name, legal(value));
    }

    private static void line(XMLStreamWriter xml, int depth) throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
    }

    private static String count(List<TestResult> of, Outcome outcome) {
        return String.valueOf(of.stream().mapToInt(one -> one.count(outcome)).sum());
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.3f", millis / 1000.0);
    }

    /** XML 1.0 has no way to write most control characters, not even escaped. */
    private static String legal(String text) {
        return text.codePoints()
                .map(c -> isLegal(c) ? c : 0xFFFD)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isLegal(int c) {
        return c == '\n' || c == '\t' || c >= ' ' && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD
                || c >= 0x10000;
    }
}
