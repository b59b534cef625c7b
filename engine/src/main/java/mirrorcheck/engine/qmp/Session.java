// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.qmp.json.JsonException;
import mirrorcheck.engine.qmp.json.JsonObject;
import mirrorcheck.engine.qmp.json.JsonReader;
import mirrorcheck.engine.qmp.schema.Arguments;
import mirrorcheck.engine.qmp.schema.Check;

/**
 * A client of the monitor, from its greeting to its end (QMP specification).
 *
 * <p>{@link #feed} takes what the client sends and runs its commands, on one thread. What is wrong
 * with it is answered; nothing it sends ends the session.
 */
public final class Session implements AutoCloseable {
    private final Daemon daemon;
    private final Outbox outbox;
    private final JsonReader reader;
    private boolean negotiated;

    /**
     * Greets a client.
     *
     * @param pretty whether to write over several lines
     * @param onLost called, on any thread, when the client cannot be written to any more
     */
    public Session(Daemon daemon, OutputStream client, boolean pretty, Runnable onLost) {
        this.daemon = daemon;
        outbox = new Outbox(client, pretty, onLost);
        reader = new JsonReader(new JsonReader.Handler() {
            @Override
            public void value(Object value) {
                request(value);
            }

            @Override
            public void error(JsonException error) {
                outbox.message(failure(QmpError.generic(error.getMessage())));
            }
        });
        daemon.events().add(outbox);
        outbox.message(Version.greeting());
    }

    /** Takes bytes of the client and runs the commands that are complete. */
    public void feed(byte[] bytes, int from, int count) {
        reader.feed(bytes, from, count);
    }

    /** Ends the session, once its last reply has been read or a second has passed. */
    @Override
    public void close() {
        daemon.events().remove(outbox);
        outbox.close();
    }

    private static Map<String, Object> failure(QmpError error) {
        return JsonObject.of("error",
                JsonObject.of("class", error.kind().word(), "desc", error.getMessage()));
    }

    private void request(Object request) {
        if (!(request instanceof Map<?, ?> members)) {
            outbox.message(failure(QmpError.generic("QMP input must be a JSON object")));
            return;
        }
        List<Runnable> afterwards = new ArrayList<>();
        Map<String, Object> reply = new LinkedHashMap<>();
        daemon.inCommand(() -> {
            outbox.beginCommand();
            try {
                reply.put("return", run(members, afterwards));
            } catch (QmpError e) {
                reply.putAll(failure(e));
            } catch (BlockException e) {
                reply.putAll(failure(QmpError.generic(e.getMessage())));
            } catch (RuntimeException e) {
                reply.putAll(failure(QmpError.generic("internal error: " + e)));
                daemon.log("monitor: internal error: ", e);
            }
            if (members.containsKey("id")) {
                reply.put("id", members.get("id"));
            }
            outbox.reply(reply);
        });
        afterwards.forEach(Runnable::run);
    }

    private Object run(Map<?, ?> request, List<Runnable> afterwards)
            throws QmpError, BlockException {
        checkMembers(request);
        String name = (String) request.get("execute");
        boolean negotiates = name.equals(GeneralCommands.NEGOTIATE);
        if (negotiated == negotiates) {
            throw new QmpError(QmpError.Kind.COMMAND_NOT_FOUND, negotiated
                    ? "Capabilities negotiation is already complete, command ignored"
                    : "Expecting capabilities negotiation with 'qmp_capabilities'");
        }
        Command command = daemon.commands().get(name);
        if (command == null) {
            throw new QmpError(QmpError.Kind.COMMAND_NOT_FOUND,
                    "The command " + name + " has not been found");
        }
        Arguments arguments = Check.object(command.arguments(), arguments(request),
                Check.Input.JSON);
        Object result = command.action().run(arguments, new Command.Call() {
            @Override
            public void eventsFirst() {
                outbox.eventsFirst();
            }

            @Override
            public void afterReply(Runnable step) {
                afterwards.add(step);
            }
        });
        if (negotiates) {
            negotiated = true;
            outbox.wantEvents();
        }
        return result;
    }

    private static Map<String, Object> arguments(Map<?, ?> request) {
        Map<String, Object> out = new LinkedHashMap<>();
        if (request.get("arguments") instanceof Map<?, ?> given) {
            given.forEach((name, value) -> out.put((String) name, value));
        }
        return out;
    }

    private static void checkMembers(Map<?, ?> request) throws QmpError {
        for (Map.Entry<?, ?> member : request.entrySet()) {
            switch ((String) member.getKey()) {
                case "execute" -> require(member, member.getValue() instanceof String, "a string");
                case "arguments" -> require(member, member.getValue() instanceof Map, "an object");
                case "id" -> { }
                default -> throw QmpError.generic("QMP input member '" + member.getKey()
                        + "' is unexpected");
            }
        }
        if (!request.containsKey("execute")) {
            throw QmpError.generic("QMP input lacks member 'execute'");
        }
    }

    private static void require(Map.Entry<?, ?> member, boolean fits, String type)
            throws QmpError {
        if (!fits) {
            throw QmpError.generic("QMP input member '" + member.getKey() + "' must be " + type);
        }
    }
}
