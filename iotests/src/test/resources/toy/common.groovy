// SPDX-License-Identifier: Apache-2.0
import mirrorcheck.iotests.judge.ContractViolation
import mirrorcheck.iotests.judge.HarnessError
import mirrorcheck.iotests.judge.Skipped
import mirrorcheck.iotests.run.TestContext

/** As few words as the runner's own tests need. */
abstract class common extends Script {
    TestContext context

    void about(Map<String, Object> words) {
        context.about(words.collectEntries { key, value -> [key, value.toString()] })
    }

    void section(String title) {
        context.section(title)
    }

    void fact(String line) {
        context.fact(line)
    }

    void violate(String rule, String observed = 'full', String expected = 'sparse') {
        context.violation(new ContractViolation(rule, 'target', observed, expected))
    }

    void each(List<String> names, Closure body) {
        names.each { name ->
            context.beginCase(name)
            body(name)
            context.endCase()
        }
    }

    void skipCase(String... reasons) {
        context.skipCase(reasons as List)
    }

    void skip(String... reasons) {
        throw new Skipped(reasons as List)
    }

    void harness(String message) {
        throw new HarnessError(message)
    }
}
