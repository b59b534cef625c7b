// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import groovy.lang.MissingMethodException;
import groovy.lang.MissingPropertyException;
import groovy.lang.Script;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import mirrorcheck.iotests.judge.HarnessError;
import org.codehaus.groovy.control.CompilationFailedException;
import org.codehaus.groovy.control.MultipleCompilationErrorsException;
import org.codehaus.groovy.control.messages.SyntaxErrorMessage;
import org.codehaus.groovy.runtime.InvokerInvocationException;
import org.codehaus.groovy.syntax.SyntaxException;

/** Says in one line what is wrong with a script: file, line, word and value. */
final class ScriptErrors {
    /** What Groovy's NamedVariant says of a key it does not know. */
    private static final Pattern NAMED =
            Pattern.compile("Unrecognized namedArgKey: (\\S+?)[.,]?(?:\\s.*|$)",
            Pattern.DOTALL);

    private ScriptErrors() {
    }

    /**
     * What was thrown, without the wrappers of Groovy's runtime.
     *
     * @return {@code thrown} or a cause of it
     */
    static Throwable unwrap(Throwable thrown) {
        Throwable inner = thrown;
        while (inner.getCause() != null && (inner instanceof InvokerInvocationException
                || inner instanceof java.lang.reflect.UndeclaredThrowableException
                || inner instanceof java.lang.reflect.InvocationTargetException)) {
            inner = inner.getCause();
        }
        return inner;
    }

    /**
     * The message for a mistake in the script, with file and line; null if {@code thrown} is
     * something else.
     */
    static String describe(TestScript script, Class<?> base, Throwable thrown) {
        String message = mistake(base, thrown);
        return message == null || message.startsWith(script.file() + ":") ? message
                : at(script, thrown) + message;
    }

    private static String mistake(Class<?> base, Throwable thrown) {
        return switch (thrown) {
            case HarnessError error -> error.getMessage();
            case MissingMethodException missing -> method(base, missing);
            case MissingPropertyException missing -> property(base, missing);
            case AssertionError error -> assertion(String.valueOf(error.getMessage()));
            default -> null;
        };
    }

    private static String method(Class<?> base, MissingMethodException missing) {
        String word = missing.getMethod();
        boolean ofScript = Script.class.isAssignableFrom(missing.getType());
        Set<String> words = words(ofScript ? base : missing.getType());
        String owner = ofScript ? "" : " of " + missing.getType().getSimpleName();
        if (!words.contains(word)) {
            return "unknown word '" + word + "'" + owner + Suggest.didYouMean(word, words);
        }
        String values = Arrays.stream(missing.getArguments()).map(ScriptErrors::shown)
                .collect(Collectors.joining(", "));
        return "word '" + word + "'" + owner + ": does not take (" + values + ")";
    }

    private static String property(Class<?> base, MissingPropertyException missing) {
        String word = missing.getProperty();
        boolean ofScript = missing.getType() == null
                || Script.class.isAssignableFrom(missing.getType());
        String owner = ofScript ? "" : " of " + missing.getType().getSimpleName();
        Set<String> words = words(ofScript ? base : missing.getType());
        return "unknown name '" + word + "'" + owner + Suggest.didYouMean(word, words);
    }

    private static String assertion(String message) {
        Matcher named = NAMED.matcher(message);
        return named.matches() ? "unknown option '" + named.group(1) + "'"
                : "assertion failed: " + message.lines().findFirst().orElse("");
    }

    /**
     * The methods and properties a user may write: those of the class and its parents, not what
     * Groovy adds.
     */
    static Set<String> words(Class<?> type) {
        Set<String> words = new TreeSet<>();
        for (Class<?> owner = type; owner != null && owner != Script.class && owner != Object.class;
                owner = owner.getSuperclass()) {
            for (Method method : owner.getDeclaredMethods()) {
                String name = method.getName();
                if (Modifier.isPrivate(method.getModifiers()) || method.isSynthetic()
                        || name.contains("$")) {
                    continue;
                }
                words.add(name);
                if (name.matches("get[A-Z].*") && method.getParameterCount() == 0) {
                    words.add(Character.toLowerCase(name.charAt(3)) + name.substring(4));
                }
            }
        }
        return words;
    }

    /**
     * {@code file:line: } of the innermost line of the script that is on the stack; {@code file: }
     * if none is.
     */
    static String at(TestScript script, Throwable thrown) {
        String name = script.path().getFileName().toString();
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            for (StackTraceElement frame : t.getStackTrace()) {
                if (name.equals(frame.getFileName()) && frame.getLineNumber() > 0) {
                    return script.file() + ":" + frame.getLineNumber() + ": ";
                }
            }
        }
        return script.file() + ": ";
    }

    /** What the compiler says, in one line. */
    static String compilation(String file, CompilationFailedException failure) {
        if (failure instanceof MultipleCompilationErrorsException many
                && many.getErrorCollector().getError(0) instanceof SyntaxErrorMessage first) {
            SyntaxException cause = first.getCause();
            String text = cause.getOriginalMessage().lines().findFirst().orElse("");
            return file + ":" + cause.getLine() + ": does not compile: " + text;
        }
        return file + ": does not compile: " + failure.getMessage().lines().findFirst().orElse("");
    }

    private static String shown(Object value) {
        return switch (value) {
            case null -> "null";
            case CharSequence text -> "'" + text + "'";
            case Number number -> number.toString();
            case Boolean flag -> flag.toString();
            case Class<?> type -> type.getSimpleName();
            default -> {
                String text = value.toString();
                String type = value.getClass().getSimpleName();
                yield text.length() > 60 || text.contains("@") ? type : text;
            }
        };
    }
}
