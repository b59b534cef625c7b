// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import mirrorcheck.engine.job.ErrorPolicy;

/**
 * The arguments of {@code blockdev-mirror}, spelt as in QMP.
 *
 * @param jobId          see {@link mirrorcheck.engine.job.JobOptions#id}
 * @param device         node-name of the source, the top of its chain
 * @param target         node-name of the target
 * @param replaces       node-name of what the target replaces on completion, or null for the source
 * @param sync           what to copy to begin with
 * @param copyMode       when guest writes reach the target
 * @param targetIsZero   the user vouches that the target reads as zero; false is the same as
 *         silence (rule ZERO-6)
 * @param granularity    bytes per bit of the bitmaps, a power of two from 512 to 64 MiB; 0 for the
 *         default
 * @param bufSize        bytes in flight at most, above 0; 0 for the default of 16 MiB
 * @param speed          bytes a second, 0 for no limit
 * @param onSourceError  what to do when the source cannot be read
 * @param onTargetError  what to do when the target cannot be written
 * @param filterNodeName name of the filter above the source, or null for a generated one
 * @param autoFinalize   see {@link mirrorcheck.engine.job.JobOptions}
 * @param autoDismiss    see {@link mirrorcheck.engine.job.JobOptions}
 */
public record MirrorOptions(String jobId, String device, String target, String replaces, Sync sync,
        CopyMode copyMode,
        boolean targetIsZero, long granularity, long bufSize, long speed, ErrorPolicy onSourceError,
        ErrorPolicy onTargetError, String filterNodeName, boolean autoFinalize,
        boolean autoDismiss) {

    /** A mirror with every default: background, not vouched for, no limit, errors reported. */
    public static MirrorOptions of(String jobId, String device, String target, Sync sync) {
        return new MirrorOptions(jobId, device, target, null, sync, CopyMode.BACKGROUND, false, 0,
                0, 0,
                ErrorPolicy.REPORT, ErrorPolicy.REPORT, null, true, true);
    }

    public MirrorOptions withCopyMode(CopyMode value) {
        return new MirrorOptions(jobId, device, target, replaces, sync, value, targetIsZero,
                granularity, bufSize,
                speed, onSourceError, onTargetError, filterNodeName, autoFinalize, autoDismiss);
    }

    public MirrorOptions withTargetIsZero(boolean value) {
        return new MirrorOptions(jobId, device, target, replaces, sync, copyMode, value,
                granularity, bufSize, speed,
                onSourceError, onTargetError, filterNodeName, autoFinalize, autoDismiss);
    }

    public MirrorOptions withGranularity(long value) {
        return new MirrorOptions(jobId, device, target, replaces, sync, copyMode, targetIsZero,
                value, bufSize, speed,
                onSourceError, onTargetError, filterNodeName, autoFinalize, autoDismiss);
    }

    public MirrorOptions withBufSize(long value) {
        return new MirrorOptions(jobId, device, target, replaces, sync, copyMode, targetIsZero,
                granularity, value,
                speed, onSourceError, onTargetError, filterNodeName, autoFinalize, autoDismiss);
    }

    public MirrorOptions withSpeed(long value) {
        return new MirrorOptions(jobId, device, target, replaces, sync, copyMode, targetIsZero,
                granularity, bufSize,
                value, onSourceError, onTargetError, filterNodeName, autoFinalize, autoDismiss);
    }

    public MirrorOptions withOnError(ErrorPolicy source, ErrorPolicy targetPolicy) {
        return new MirrorOptions(jobId, device, target, replaces, sync, copyMode, targetIsZero,
                granularity, bufSize,
                speed, source, targetPolicy, filterNodeName, autoFinalize, autoDismiss);
    }

    public MirrorOptions withNames(String replacesNode, String filterNode) {
        return new MirrorOptions(jobId, device, target, replacesNode, sync, copyMode, targetIsZero,
                granularity,
                bufSize, speed, onSourceError, onTargetError, filterNode, autoFinalize,
                autoDismiss);
    }

    public MirrorOptions withAuto(boolean finalizeJob, boolean dismiss) {
        return new MirrorOptions(jobId, device, target, replaces, sync, copyMode, targetIsZero,
                granularity, bufSize,
                speed, onSourceError, onTargetError, filterNodeName, finalizeJob, dismiss);
    }
}
