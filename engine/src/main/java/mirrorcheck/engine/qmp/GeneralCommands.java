// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static mirrorcheck.engine.qmp.schema.Type.Member.optional;
import static mirrorcheck.engine.qmp.schema.Type.Member.required;

import java.util.List;
import java.util.Map;
import mirrorcheck.engine.qmp.Command.Call;
import mirrorcheck.engine.qmp.schema.SchemaInfo;
import mirrorcheck.engine.qmp.schema.Type;
import mirrorcheck.engine.qmp.schema.Type.Choice;
import mirrorcheck.engine.qmp.schema.Type.Scalar;
import mirrorcheck.engine.qmp.schema.Type.Struct;

/** The commands about the monitor itself. */
final class GeneralCommands {
    /** The command that ends the negotiation; a session treats it apart. */
    static final String NEGOTIATE = "qmp_capabilities";

    /** No capability is offered, so none is accepted. */
    private static final Struct CAPABILITIES = Struct.of("q_obj_qmp_capabilities-arg",
            optional("enable", new Type.Array(Choice.of("QMPCapability"))));
    private static final Struct VERSION = Struct.of("VersionInfo",
            required("qemu", Struct.of("VersionTriple", required("major", Scalar.INTEGER),
                    required("minor", Scalar.INTEGER), required("micro", Scalar.INTEGER))),
            required("package", Scalar.STRING));
    private static final Struct COMMAND = Struct.of("CommandInfo",
            required("name", Scalar.STRING));

    private final Daemon daemon;

    GeneralCommands(Daemon daemon) {
        this.daemon = daemon;
    }

    List<Command> all() {
        return List.of(
                Command.order(NEGOTIATE, CAPABILITIES, (arguments, call) -> { }),
                Command.query("query-version", Struct.EMPTY, VERSION,
                        (arguments, call) -> Version.info()),
                Command.query("query-commands", Struct.EMPTY, new Type.Array(COMMAND),
                        (arguments, call) -> daemon.commands().values().stream()
                                .map(command -> Map.of("name", command.name())).toList()),
                Command.query("query-qmp-schema", Struct.EMPTY, new Type.Array(SchemaInfo.TYPE),
                        (arguments, call) -> schema()),
                Command.order("quit", Struct.EMPTY, (arguments, call) -> quit(call)));
    }

    private List<Map<String, Object>> schema() {
        SchemaInfo schema = new SchemaInfo();
        for (Command command : daemon.commands().values()) {
            schema.command(command.name(), command.arguments(), command.result(),
                    command.deprecated());
        }
        JobTypes.EVENTS.forEach(schema::event);
        return schema.entries();
    }

    private void quit(Call call) {
        daemon.endJobs();
        call.eventsFirst();
        call.afterReply(daemon::quit);
    }
}
