// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static mirrorcheck.engine.qmp.schema.Type.Member.optional;
import static mirrorcheck.engine.qmp.schema.Type.Member.required;

import java.util.List;
import java.util.Map;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.job.JobOptions;
import mirrorcheck.engine.qmp.json.JsonObject;
import mirrorcheck.engine.qmp.schema.Arguments;
import mirrorcheck.engine.qmp.schema.Type;
import mirrorcheck.engine.qmp.schema.Type.Choice;
import mirrorcheck.engine.qmp.schema.Type.Scalar;
import mirrorcheck.engine.qmp.schema.Type.Struct;

/** The commands about nodes, objects and exports. */
final class NodeCommands {
    static final Struct EXPORT_OPTIONS = Struct.tagged("BlockExportOptions", "type",
            required("type", Choice.of("BlockExportType", "nbd")),
            required("id", Scalar.STRING), required("node-name", Scalar.STRING),
            optional("writable", Scalar.BOOLEAN)).withVariants(Map.of(
                    "nbd", Struct.of("BlockExportOptionsNbd", optional("name", Scalar.STRING),
                            optional("description", Scalar.STRING))));
    static final Struct SERVER_OPTIONS = Struct.of("NbdServerOptions",
            optional("handshake-max-seconds", Scalar.UINT32),
            optional("max-connections", Scalar.UINT32),
            required("addr", NodeTypes.SOCKET_ADDRESS));
    static final Struct OBJECT_OPTIONS = Struct.tagged("ObjectOptions", "qom-type",
            required("qom-type", Choice.of("ObjectType", "throttle-group")),
            required("id", Scalar.STRING)).withVariants(Map.of(
                    "throttle-group", Struct.of("ThrottleGroupProperties",
                            optional("limits", Struct.of("ThrottleLimits",
                                    optional("iops-total", Scalar.INTEGER),
                                    optional("iops-read", Scalar.INTEGER),
                                    optional("iops-write", Scalar.INTEGER),
                                    optional("bps-total", Scalar.INTEGER),
                                    optional("bps-read", Scalar.INTEGER),
                                    optional("bps-write", Scalar.INTEGER))))));

    private static final Struct SERVER_START = Struct.of("q_obj_nbd-server-start-arg",
            optional("handshake-max-seconds", Scalar.UINT32),
            optional("max-connections", Scalar.UINT32),
            required("addr", NodeTypes.WRAPPED_ADDRESS));
    private static final Struct EXPORT_DELETE = Struct.of("q_obj_block-export-del-arg",
            required("id", Scalar.STRING),
            optional("mode", Choice.of("BlockExportRemoveMode", "safe", "hard")));
    private static final Struct EXPORT_INFO = Struct.of("BlockExportInfo",
            required("id", Scalar.STRING), required("type", Choice.of("BlockExportType", "nbd")),
            required("node-name", Scalar.STRING), required("shutting-down", Scalar.BOOLEAN));
    private static final Struct RESIZE = Struct.of("q_obj_block_resize-arg",
            optional("device", Scalar.STRING), optional("node-name", Scalar.STRING),
            required("size", Scalar.INTEGER));
    private static final Struct NODE_NAME = Struct.of("q_obj_blockdev-del-arg",
            required("node-name", Scalar.STRING));
    private static final Struct CREATE = Struct.of("q_obj_blockdev-create-arg",
            required("job-id", Scalar.STRING), required("options", NodeTypes.CREATE_OPTIONS));
    private static final Struct REOPEN = Struct.of("q_obj_blockdev-reopen-arg",
            required("options", new Type.Array(NodeTypes.OPTIONS)));

    private static final Set<String> CREATABLE = Set.of("file", "qcow2");

    private final Daemon daemon;

    NodeCommands(Daemon daemon) {
        this.daemon = daemon;
    }

    List<Command> all() {
        return List.of(
                Command.order("blockdev-add", NodeTypes.OPTIONS,
                        (arguments, call) -> daemon.nodes().add(arguments)),
                Command.order("blockdev-del", NODE_NAME, (arguments, call) ->
                        daemon.nodes().delete(arguments.string("node-name"))),
                Command.order("blockdev-create", CREATE, (arguments, call) -> create(arguments)),
                Command.order("blockdev-reopen", REOPEN, (arguments, call) ->
                        daemon.nodes().reopen(arguments.objects("options"))),
                Command.order("block_resize", RESIZE,
                        (arguments, call) -> daemon.nodes().resize(arguments)),
                Command.query("query-named-block-nodes", NodeInfo.QUERY_NODES,
                        new Type.Array(NodeInfo.NODE), (arguments, call) ->
                                new NodeInfo(daemon.graph(), daemon.nodes(), daemon.jobs())
                                        .nodes(arguments.bool("flat", false))),
                Command.query("query-blockstats", NodeStats.QUERY,
                        new Type.Array(NodeStats.TYPE), (arguments, call) ->
                                arguments.bool("query-nodes", false)
                                        ? NodeStats.of(daemon.graph()) : List.of()),
                Command.order("object-add", OBJECT_OPTIONS,
                        (arguments, call) -> daemon.throttleGroups().add(arguments)),
                Command.order("object-del", JobTypes.ID, (arguments, call) ->
                        daemon.throttleGroups().remove(arguments.string("id"))),
                Command.order("nbd-server-start", SERVER_START,
                        (arguments, call) -> startServer(arguments)),
                Command.order("nbd-server-stop", Struct.EMPTY,
                        (arguments, call) -> daemon.exports().stopServer()),
                Command.order("block-export-add", EXPORT_OPTIONS,
                        (arguments, call) -> daemon.exports().add(arguments)),
                Command.order("block-export-del", EXPORT_DELETE, (arguments, call) ->
                        daemon.exports().delete(arguments.string("id"),
                                arguments.string("mode", "safe").equals("hard"))),
                Command.query("query-block-exports", Struct.EMPTY, new Type.Array(EXPORT_INFO),
                        (arguments, call) -> exports()));
    }

    private void create(Arguments arguments) throws BlockException {
        Arguments options = arguments.object("options");
        if (!CREATABLE.contains(options.string("driver"))) {
            throw BlockException.refused("Driver does not support blockdev-create");
        }
        String id = arguments.string("job-id");
        JobOptions.checkId(id);
        new CreateJob(id, daemon.graph(), options, daemon.events()::createJob)
                .start(daemon.jobs(), daemon.mirrorParts().executor());
    }

    private void startServer(Arguments arguments) throws BlockException {
        daemon.exports().checkNotRunning();
        Arguments address = arguments.object("addr");
        daemon.exports().startServer(Addresses.of(address.string("type"),
                address.object("data")), arguments);
    }

    private List<Map<String, Object>> exports() {
        return daemon.exports().nodeNames().entrySet().stream().map(each -> JsonObject.of(
                "id", each.getKey(), "type", "nbd", "node-name", each.getValue(),
                "shutting-down", false)).toList();
    }
}
