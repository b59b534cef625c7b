// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import groovy.lang.GroovyClassLoader;
import groovy.lang.GroovyCodeSource;
import groovy.lang.Script;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import mirrorcheck.iotests.judge.HarnessError;
import org.codehaus.groovy.control.CompilationFailedException;
import org.codehaus.groovy.control.CompilerConfiguration;

/**
 * Compiles the words of the DSL once and every script on top of them. Safe for use from any thread.
 *
 * <p>GroovyScriptEngine would do the same, but hangs when the base class of scripts is itself a
 * script (Groovy 5.1.1).
 */
public final class ScriptLoader {
    private static final String CODE_BASE = "/mirrorcheck/script";

    private final Path common;
    private GroovyClassLoader baseLoader;
    private Class<?> base;

    /**
     * Scripts get the class in this file as base class: it extends Script and has a property {@code
     * context}.
     */
    public ScriptLoader(Path common) {
        this.common = common;
    }

    /**
     * The base class of scripts; compiled by the first call.
     *
     * @throws HarnessError if the file is missing, does not compile or lacks the property
     */
    public synchronized Class<?> base() {
        if (base == null) {
            baseLoader = new GroovyClassLoader(ScriptLoader.class.getClassLoader(),
                    configuration());
            Class<?> parsed = parse(baseLoader, common, common.getFileName().toString());
            if (!Script.class.isAssignableFrom(parsed)) {
                throw new HarnessError(common.getFileName()
                        + ": must begin with a class that extends Script");
            }
            base = parsed;
        }
        return base;
    }

    /**
     * Compiles a script.
     *
     * @return a new instance that has {@code context}
     * @throws HarnessError if it does not compile; names script, line and what the compiler says
     */
    public Script load(TestScript test, TestContext context) {
        Class<?> words = base();
        CompilerConfiguration configuration = configuration();
        configuration.setScriptBaseClass(words.getName());
        GroovyClassLoader loader = new GroovyClassLoader(baseLoader, configuration);
        Class<?> compiled = parse(loader, test.path(), test.file());
        try {
            Script script = (Script) compiled.getDeclaredConstructor().newInstance();
            setter(words).invoke(script, context);
            return script;
        } catch (InvocationTargetException e) {
            throw new HarnessError(test.file() + ": cannot be created: " + e.getCause(),
                    e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new HarnessError(test.file() + ": cannot be created: " + e, e);
        }
    }

    private Method setter(Class<?> words) {
        try {
            return words.getMethod("setContext", TestContext.class);
        } catch (NoSuchMethodException e) {
            throw new HarnessError(common.getFileName()
                    + ": property context of type TestContext missing", e);
        }
    }

    /**
     * Without invokedynamic: a script runs each of its lines only once or twice, which call sites
     * never pay back.
     */
    private static CompilerConfiguration configuration() {
        CompilerConfiguration configuration = new CompilerConfiguration();
        configuration.getOptimizationOptions().put("indy", Boolean.FALSE);
        configuration.setSourceEncoding(StandardCharsets.UTF_8.name());
        return configuration;
    }

    private static Class<?> parse(GroovyClassLoader loader, Path path, String shownAs) {
        try {
            GroovyCodeSource source = new GroovyCodeSource(Files.readString(path), shownAs,
                    CODE_BASE);
            source.setCachable(false);
            return loader.parseClass(source);
        } catch (CompilationFailedException e) {
            throw new HarnessError(ScriptErrors.compilation(shownAs, e), e);
        } catch (IOException e) {
            throw new HarnessError(shownAs + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
