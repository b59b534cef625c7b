// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.util.List;
import java.util.Map;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.JobInfo;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.job.JobVerb;
import mirrorcheck.engine.mirror.CopyMode;
import mirrorcheck.engine.mirror.Mirror;
import mirrorcheck.engine.mirror.MirrorArguments;
import mirrorcheck.engine.mirror.MirrorJob;
import mirrorcheck.engine.qmp.Command.Call;
import mirrorcheck.engine.qmp.json.JsonObject;
import mirrorcheck.engine.qmp.schema.Arguments;
import mirrorcheck.engine.qmp.schema.Type;
import mirrorcheck.engine.qmp.schema.Type.Struct;

/** The commands that start, steer and show jobs. */
final class JobCommands {
    private final Daemon daemon;

    JobCommands(Daemon daemon) {
        this.daemon = daemon;
    }

    List<Command> all() {
        return List.of(
                Command.order("blockdev-mirror", JobTypes.MIRROR, this::mirror),
                Command.query("query-jobs", Struct.EMPTY, new Type.Array(JobTypes.JOB_INFO),
                        (arguments, call) -> daemon.jobs().all().stream()
                                .map(JobCommands::info).toList()),
                Command.query("query-block-jobs", Struct.EMPTY,
                        new Type.Array(JobTypes.BLOCK_JOB_INFO),
                        (arguments, call) -> daemon.jobs().all().stream()
                                .filter(MirrorJob.class::isInstance)
                                .map(JobCommands::blockInfo).toList()),
                byId("job-pause", Job::pause), byId("job-resume", Job::resume),
                byId("job-complete", Job::complete), byId("job-dismiss", Job::dismiss),
                Command.order("job-cancel", JobTypes.ID, (arguments, call) ->
                        cancel(job(arguments.string("id")), true, call)),
                Command.order("job-finalize", JobTypes.ID, (arguments, call) ->
                        finish(job(arguments.string("id")), call)),
                byDevice("block-job-pause", Job::pause), byDevice("block-job-resume", Job::resume),
                byDevice("block-job-complete", Job::complete),
                Command.order("block-job-cancel", JobTypes.CANCEL, (arguments, call) ->
                        cancel(blockJob(arguments.string("device")),
                                arguments.bool("force", false), call)),
                Command.order("block-job-set-speed", JobTypes.SET_SPEED, (arguments, call) ->
                        blockJob(arguments.string("device"))
                                .setSpeed(arguments.integer("speed", 0))),
                Command.order("block-job-change", JobTypes.CHANGE,
                        (arguments, call) -> change(arguments)),
                Command.deprecated("block-job-finalize", JobTypes.ID, (arguments, call) ->
                        finish(blockJob(arguments.string("id")), call)),
                Command.deprecated("block-job-dismiss", JobTypes.ID, (arguments, call) ->
                        blockJob(arguments.string("id")).dismiss()));
    }

    @FunctionalInterface
    private interface Verb {
        void ask(Job job) throws BlockException;
    }

    private Command byId(String name, Verb verb) {
        return Command.order(name, JobTypes.ID,
                (arguments, call) -> verb.ask(job(arguments.string("id"))));
    }

    private Command byDevice(String name, Verb verb) {
        return Command.deprecated(name, JobTypes.DEVICE,
                (arguments, call) -> verb.ask(blockJob(arguments.string("device"))));
    }

    private void mirror(Arguments arguments, Call call) throws BlockException {
        Mirror.start(MirrorArguments.parse(arguments.asMap()), daemon.graph(), daemon.jobs(),
                daemon.events()::job, daemon.mirrorParts());
    }

    private Job job(String id) throws QmpError {
        Job job = daemon.jobs().find(id);
        if (job == null) {
            throw QmpError.generic("Job not found");
        }
        return job;
    }

    private MirrorJob blockJob(String id) throws QmpError {
        if (daemon.jobs().find(id) instanceof MirrorJob mirror) {
            return mirror;
        }
        throw new QmpError(QmpError.Kind.DEVICE_NOT_ACTIVE, "Block job '" + id + "' not found");
    }

    /** A pending job is over on return, and its events go before the reply (rule JOB-1). */
    private static void cancel(Job job, boolean force, Call call) throws BlockException {
        boolean pending = job.info().status() == JobStatus.PENDING;
        job.cancel(force);
        if (pending) {
            call.eventsFirst();
        }
    }

    private static void finish(Job job, Call call) throws BlockException {
        job.finalizeJob();
        call.eventsFirst();
    }

    private void change(Arguments arguments) throws QmpError, BlockException {
        MirrorJob job = blockJob(arguments.string("id"));
        JobVerb.CHANGE.check(job.id(), job.info().status());
        // Other types have nothing to change; QEMU reads their absent copy-mode as background.
        job.changeCopyMode(MirrorArguments.choice("copy-mode", CopyMode.class,
                arguments.string("copy-mode", "background")));
    }

    private static String type(Job job) {
        return job instanceof MirrorJob ? "mirror" : "create";
    }

    private static Map<String, Object> info(Job job) {
        JobInfo info = job.info();
        Map<String, Object> out = JsonObject.of("id", info.id(), "type", type(job),
                "status", info.status().word(), "current-progress", info.progress().offset(),
                "total-progress", info.progress().len());
        if (info.error() != null) {
            out.put("error", info.error());
        }
        return out;
    }

    private static Map<String, Object> blockInfo(Job job) {
        JobInfo info = job.info();
        Map<String, Object> out = JsonObject.of("type", type(job), "device", info.id(),
                "len", info.progress().len(), "offset", info.progress().offset(),
                "busy", info.busy(), "paused", info.paused(), "speed", info.speed(),
                "io-status", info.ioStatus().word(), "ready", info.ready(),
                "status", info.status().word(), "auto-finalize", info.autoFinalize(),
                "auto-dismiss", info.autoDismiss(), "actively-synced", info.activelySynced());
        if (info.error() != null) {
            out.put("error", info.error());
        }
        return out;
    }
}
