// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.host.Clock;

/**
 * A small suite in a directory of its own, with a contract of three rules and an adapter that can
 * do next to nothing.
 */
final class SuiteKit {
    static final String CONTRACT = """
            # Contract

            ### DATA-1 (MUST)

            The target reads the same.

            Source: a measurement.

            If this fails, check: the dirty bitmap.

            ### ZERO-1 (SHOULD)

            A sparse source leaves
            a sparse target.

            Source: a measurement.

            If this fails, check: what writes zeroes.

            ### COMPAT-1 (COMPAT)

            The text is that of QEMU.

            Source: a measurement.

            If this fails, check: the texts.
            """;
    static final String HEAD = """
            // Shows one thing.

            about groups: 'auto quick',
                  rules:  'DATA-1 ZERO-1',
                  needs:  'copy'

            """;

    final SuiteTree tree;
    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    private final Map<String, String> environment = new java.util.HashMap<>();
    private Clock clock = new StoppedClock();
    private Check check;

    SuiteKit(Path root) {
        tree = new SuiteTree(root);
        put(tree.contract(), CONTRACT);
        put(tree.common(), resource("/toy/common.groovy"));
    }

    /** Adds a script: the usual head and {@code body}; the body begins on line 7. */
    SuiteKit script(String name, String body) {
        return file(name, HEAD + body);
    }

    /** Adds a script as it stands. */
    SuiteKit file(String name, String text) {
        put(tree.tests().resolve(name + ".groovy"), text);
        return this;
    }

    /** Adds a golden. */
    SuiteKit golden(String name, String text) {
        put(tree.goldens().resolve(name + ".out"), text);
        return this;
    }

    SuiteKit clock(Clock other) {
        clock = other;
        return this;
    }

    SuiteKit environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /**
     * Runs {@code check} with one job unless the arguments say otherwise; returns the exit code.
     */
    int check(String... arguments) {
        outBytes.reset();
        errBytes.reset();
        check = new Check(tree, new Adapters(Map.of("toy", ToyAdapter::new, "engine",
                ToyAdapter::new)), clock,
                environment, stream(outBytes), stream(errBytes));
        return check.run(arguments);
    }

    /** Stops the run that goes on. */
    void stop() {
        check.stop();
    }

    String out() {
        return outBytes.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return errBytes.toString(StandardCharsets.UTF_8);
    }

    String read(String relative) {
        try {
            return Files.readString(tree.root().resolve(relative));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean exists(String relative) {
        return Files.exists(tree.root().resolve(relative));
    }

    static void put(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String resource(String name) {
        try (InputStream in = SuiteKit.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies, it says. */
    static final class ToyAdapter implements Adapter {
        @Override
        public String name() {
            return "toy";
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.of(Capability.COPY);
        }

        @Override
        public Session open(Path scratch, Runnable progress) throws IOException {
            throw new IOException("toy: opens no session");
        }
    }
}
