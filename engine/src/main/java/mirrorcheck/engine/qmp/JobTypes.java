// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static mirrorcheck.engine.qmp.schema.Type.Member.optional;
import static mirrorcheck.engine.qmp.schema.Type.Member.required;

import java.util.Map;
import mirrorcheck.engine.qmp.schema.Type.Choice;
import mirrorcheck.engine.qmp.schema.Type.Scalar;
import mirrorcheck.engine.qmp.schema.Type.Struct;

/** What the commands and events of jobs take and say. */
final class JobTypes {
    static final Choice JOB_TYPE = Choice.of("JobType", "commit", "stream", "mirror", "backup",
            "create", "amend", "snapshot-load", "snapshot-save", "snapshot-delete");
    static final Choice STATUS = Choice.of("JobStatus", "undefined", "created", "running",
            "paused", "ready", "standby", "waiting", "pending", "aborting", "concluded", "null");

    private static final Choice SYNC = Choice.of("MirrorSyncMode", "top", "full", "none",
            "incremental", "bitmap");
    private static final Choice ON_ERROR = Choice.of("BlockdevOnError", "report", "ignore",
            "enospc", "stop", "auto");
    private static final Choice COPY_MODE =
            Choice.of("MirrorCopyMode", "background", "write-blocking");
    private static final Choice IO_STATUS =
            Choice.of("BlockDeviceIoStatus", "ok", "failed", "nospace");

    static final Struct MIRROR = Struct.of("q_obj_blockdev-mirror-arg",
            optional("job-id", Scalar.STRING), required("device", Scalar.STRING),
            required("target", Scalar.STRING), optional("replaces", Scalar.STRING),
            required("sync", SYNC), optional("speed", Scalar.INTEGER),
            optional("granularity", Scalar.UINT32), optional("buf-size", Scalar.INTEGER),
            optional("on-source-error", ON_ERROR), optional("on-target-error", ON_ERROR),
            optional("filter-node-name", Scalar.STRING), optional("copy-mode", COPY_MODE),
            optional("auto-finalize", Scalar.BOOLEAN), optional("auto-dismiss", Scalar.BOOLEAN),
            optional("target-is-zero", Scalar.BOOLEAN));

    static final Struct CHANGE = Struct.tagged("JobChangeOptions", "type",
            required("id", Scalar.STRING), required("type", JOB_TYPE)).withVariants(Map.of(
                    "mirror", Struct.of("JobChangeOptionsMirror",
                            required("copy-mode", COPY_MODE))));

    static final Struct ID = Struct.of("q_obj_job-id", required("id", Scalar.STRING));
    static final Struct DEVICE = Struct.of("q_obj_job-device",
            required("device", Scalar.STRING));
    static final Struct CANCEL = Struct.of("q_obj_block-job-cancel-arg",
            required("device", Scalar.STRING), optional("force", Scalar.BOOLEAN));
    static final Struct SET_SPEED = Struct.of("q_obj_block-job-set-speed-arg",
            required("device", Scalar.STRING), required("speed", Scalar.INTEGER));

    static final Struct JOB_INFO = Struct.of("JobInfo", required("id", Scalar.STRING),
            required("type", JOB_TYPE), required("status", STATUS),
            required("current-progress", Scalar.INTEGER),
            required("total-progress", Scalar.INTEGER), optional("error", Scalar.STRING));
    static final Struct BLOCK_JOB_INFO = Struct.of("BlockJobInfo",
            required("type", JOB_TYPE), required("device", Scalar.STRING),
            required("len", Scalar.INTEGER), required("offset", Scalar.INTEGER),
            required("busy", Scalar.BOOLEAN), required("paused", Scalar.BOOLEAN),
            required("speed", Scalar.INTEGER), required("io-status", IO_STATUS),
            required("ready", Scalar.BOOLEAN), required("status", STATUS),
            required("auto-finalize", Scalar.BOOLEAN), required("auto-dismiss", Scalar.BOOLEAN),
            optional("error", Scalar.STRING), optional("actively-synced", Scalar.BOOLEAN));

    private static final Struct PROGRESS = Struct.of("q_obj_BLOCK_JOB_READY-arg",
            required("type", JOB_TYPE), required("device", Scalar.STRING),
            required("len", Scalar.INTEGER), required("offset", Scalar.INTEGER),
            required("speed", Scalar.INTEGER));

    /** The events, by name, with their data. */
    static final Map<String, Struct> EVENTS = Map.of(
            "JOB_STATUS_CHANGE", Struct.of("q_obj_JOB_STATUS_CHANGE-arg",
                    required("id", Scalar.STRING), required("status", STATUS)),
            "BLOCK_JOB_READY", PROGRESS,
            "BLOCK_JOB_CANCELLED", PROGRESS,
            "BLOCK_JOB_COMPLETED", Struct.of("q_obj_BLOCK_JOB_COMPLETED-arg",
                    required("type", JOB_TYPE), required("device", Scalar.STRING),
                    required("len", Scalar.INTEGER), required("offset", Scalar.INTEGER),
                    required("speed", Scalar.INTEGER), optional("error", Scalar.STRING)),
            "BLOCK_JOB_PENDING", Struct.of("q_obj_BLOCK_JOB_PENDING-arg",
                    required("type", JOB_TYPE), required("id", Scalar.STRING)),
            "BLOCK_JOB_ERROR", Struct.of("q_obj_BLOCK_JOB_ERROR-arg",
                    required("device", Scalar.STRING),
                    required("operation", Choice.of("IoOperationType", "read", "write")),
                    required("action", Choice.of("BlockErrorAction", "ignore", "report",
                            "stop"))),
            "BLOCK_EXPORT_DELETED", Struct.of("q_obj_BLOCK_EXPORT_DELETED-arg",
                    required("id", Scalar.STRING)));

    private JobTypes() {
    }
}
