// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import static mirrorcheck.iotests.broken.Variation.inFlight;
import static mirrorcheck.iotests.broken.Variation.parts;
import static mirrorcheck.iotests.broken.Variation.session;
import static mirrorcheck.iotests.broken.Variation.source;
import static mirrorcheck.iotests.broken.Variation.target;
import static mirrorcheck.iotests.broken.Variation.tracking;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.iotests.adapter.MirrorHandle;

/** Every broken mirror, with the directed script that must catch it and the rule it must name. */
final class BrokenMirrors {
    private BrokenMirrors() {
    }

    /** All of them, in the order of the bugs they stand for. */
    static List<Broken> all() {
        return Stream.of(tracks(), loops(), ends(), jobs(), chains()).flatMap(List::stream)
                .sorted(Comparator.comparing(Broken::bug)).toList();
    }

    private static Broken one(String bug, String what, Supplier<Variation> make, String script,
            String rule) {
        return new Broken(bug, what, make, script, rule);
    }

    private static Supplier<Variation> jobs(UnaryOperator<MirrorHandle> altered) {
        return () -> session(engine -> BrokenJobs.jobs(engine, altered));
    }

    private static Supplier<Variation> argument(String name, String from, String to) {
        return () -> session(engine -> BrokenJobs.argument(engine, name, from, to));
    }

    private static Variation hurried(Duration step) {
        return parts(MirrorParts.standard().withClock(new BrokenLoops.Hurries(step.toNanos())));
    }

    private static List<Broken> tracks() {
        return List.of(
                one("-", "the zero bitmap is never filled at the start",
                        () -> tracking(BrokenTracking.StartsEmpty::new),
                        "copy/mirror-sparse", "ZERO-1"),
                one("-", "the zero bitmap is not filled by pre-zeroing",
                        () -> tracking(BrokenTracking.StartsEmpty::new),
                        "copy/pre-zeroing", "PREZERO-2"),
                one("-", "zero bits are not cleared before a copy",
                        () -> tracking((geometry, zeroes) ->
                                new BrokenTracking.NotCleared(geometry, zeroes, true)),
                        "guest/data-and-zeroes", "ZERO-2"),
                one("-", "zero bits are not cleared before an active write",
                        () -> tracking((geometry, zeroes) ->
                                new BrokenTracking.NotCleared(geometry, zeroes, false)),
                        "guest/data-and-zeroes", "ZERO-2"),
                one("-", "zero bits are not set after a background zero write",
                        () -> tracking(BrokenTracking.JobZeroesForgotten::new),
                        "guest/redundant-zeroes", "ZERO-4"),
                one("-", "zero bits are not set after an active zero write",
                        () -> tracking(BrokenTracking.GuestZeroesForgotten::new),
                        "guest/redundant-zeroes", "ZERO-4"),
                one("B01", "zeroes shorter than a chunk upset the zero bitmap",
                        () -> tracking(BrokenTracking.NoGuard::new),
                        "guest/short-zeroes", "GUEST-2"),
                one("B02", "zero at the start, zero for ever",
                        () -> tracking(BrokenTracking.ZeroForEver::new),
                        "guest/data-and-zeroes", "ZERO-2"),
                one("B03", "there is no zero bitmap",
                        () -> tracking(BrokenTracking.NoZeroBitmap::new),
                        "copy/mirror-sparse", "ZERO-1"),
                one("B05", "guest writes go unseen at the start",
                        () -> tracking(BrokenTracking.BlindAtStart::new),
                        "guest/start", "DATA-5"),
                one("B07", "an active write cleans what it does not cover",
                        () -> tracking(BrokenTracking.CleanedOutwards::new),
                        "guest/unaligned-active-writes", "DATA-6"),
                one("N01", "zero bits are cleared inwards",
                        () -> tracking(BrokenTracking.ClearedInwards::new),
                        "guest/short-writes", "ZERO-2"),
                one("N02", "zero bits are set outwards",
                        () -> tracking(BrokenTracking.SetOutwards::new),
                        "guest/short-zeroes", "ZERO-3"),
                one("N06", "a chunk is clean when its copy ends",
                        () -> tracking(BrokenTracking.CleanedAfterCopy::new),
                        "guest/lost-update", "DATA-4"),
                one("N07", "the partial last chunk is lost",
                        () -> tracking(BrokenTracking.LastChunkLost::new),
                        "copy/tail", "DATA-1"));
    }

    private static List<Broken> loops() {
        return List.of(
                one("B06", "what a guest's write needs is not there before the first copy",
                        () -> tracking(BrokenLoops.NotThereAtStart::new),
                        "chain/start", "GUEST-2"),
                one("B10", "a guest's write waits for what waits for it",
                        () -> inFlight(BrokenLoops.WaitsForEachOther::new),
                        "guest/overlapping-writes", "LIVE-1"),
                one("B11", "the copy does not wait for a guest's write",
                        () -> inFlight(BrokenLoops.CopyNeverWaits::new),
                        "guest/copy-meets-write", "ORDER-1"),
                one("B12", "a request waits for room that it takes itself",
                        () -> inFlight(BrokenLoops.WaitsForItself::new),
                        "guest/small-buffers", "LIVE-1"),
                one("B18", "a target is zero because new ones of its format are",
                        () -> tracking(BrokenLoops.BelievesTheFormat::new),
                        "copy/plain", "DATA-1"),
                one("B48", "a target is zero because it was just made",
                        () -> tracking(BrokenLoops.BelievesTheFormat::new),
                        "copy/plain", "DATA-1"),
                one("B19", "what the source has not is not dirty at the start",
                        BrokenLoops.CopiesOnlyData::new, "copy/plain", "DATA-1"),
                one("B23", "the target is always zeroed first",
                        BrokenLoops.AlwaysPreZeroes::new, "copy/pre-zeroing", "PREZERO-1"),
                one("B31", "a guest's write does not wait for the copy",
                        () -> inFlight(BrokenLoops.GuestNeverWaits::new),
                        "guest/lost-update", "DATA-4"),
                one("B43", "the target is asked whether it is zero",
                        BrokenLoops.AsksTheTarget::new, "guest/request-cost", "COST-3"),
                one("N07", "the walk never goes back",
                        () -> tracking(BrokenLoops.NeverGoesBack::new),
                        "guest/forgotten-chunks", "DATA-7"),
                one("N11", "the target is written first, and a failure forgotten",
                        BrokenLoops.TargetFirst::new, "fault/guest-write-fails", "DATA-1"),
                one("N16", "copies are not charged to the speed",
                        () -> hurried(Duration.ofDays(1)), "job/speed", "SPEED-1"),
                one("-", "errors that are ignored are retried at once",
                        () -> hurried(Duration.ofSeconds(10)), "fault/ignored-errors", "ERROR-4"),
                one("N21", "all jobs share one account",
                        BrokenLoops.OneForAll::new, "job/second-mirror", "DATA-1"));
    }

    private static List<Broken> ends() {
        return List.of(
                one("B08", "guests are forced to whole chunks",
                        () -> source(BrokenEnds.WidensRequests::new),
                        "guest/request-cost", "COST-1"),
                one("B17", "sizes are compared in chunks",
                        BrokenEnds.RoundsLength::new, "job/sizes-differ", "ARGS-3"),
                one("B21", "zero writes unmap without leave",
                        () -> target(BrokenEnds.AlwaysUnmaps::new),
                        "copy/mirror-sparse", "ALLOC-1"),
                one("B25", "block status is remembered across writes",
                        () -> source(BrokenEnds.RemembersStatus::new),
                        "guest/stale-status", "STATUS-2"),
                one("B25", "an imprecise block status is taken for a precise one",
                        () -> source(BrokenEnds.CallsAllData::new),
                        "guest/stale-status", "ZERO-1"),
                one("B28", "zero where any child is zero",
                        () -> source(BrokenEnds.StretchesZeroes::new),
                        "guest/stale-status", "STATUS-2"),
                one("B28", "a source without block status makes the target thick",
                        () -> target(BrokenEnds.NeverDetects::new),
                        "copy/unknown-status", "ZERO-8"),
                one("B29", "a flag of a write fails the zero write it becomes",
                        () -> source(BrokenEnds.KeepsFlags::new),
                        "guest/zero-bytes", "GUEST-2"),
                one("B30", "a zero write that failed is sent again as data",
                        () -> target(BrokenEnds.RetriesAsData::new),
                        "fault/refused-zeroes", "ERROR-3"),
                one("B30", "a zero write that is not supported counts as done",
                        () -> target(BrokenEnds.TakesRefusalForSuccess::new),
                        "fault/unsupported-zeroes", "DATA-1"),
                one("B42", "large copies have too many segments",
                        BrokenJobs.TooManySegments::new, "guest/small-buffers", "LIVE-1"),
                one("B47", "nobody looks how a write ended",
                        () -> target(BrokenEnds.IgnoresWriteErrors::new),
                        "fault/every-request", "ERROR-3"),
                one("B47", "nobody looks how a read ended",
                        () -> source(BrokenEnds.IgnoresReadErrors::new),
                        "fault/every-request", "ERROR-3"),
                one("B50", "zero bytes are never looked for",
                        () -> target(BrokenEnds.NeverDetects::new),
                        "copy/unknown-status", "ZERO-8"),
                one("B52", "zeroes take the rest of their cluster along",
                        () -> target(BrokenEnds.ZeroesClusters::new),
                        "chain/one-cluster", "DATA-1"),
                one("N14", "the target is never flushed",
                        () -> target(BrokenEnds.NeverFlushes::new),
                        "guest/durability", "FLUSH-1"),
                one("N14", "only the first flush may fail",
                        () -> target(BrokenEnds.IgnoresLaterFlushErrors::new),
                        "fault/flush-fails", "ERROR-3"),
                one("N16", "zeroes are copied and charged",
                        () -> source(BrokenEnds.CallsAllData::new), "job/speed", "SPEED-1"));
    }

    private static List<Broken> jobs() {
        return List.of(
                one("B13", "a paused job keeps others from the graph",
                        () -> session(BrokenJobs.HoldsWhilePaused::new),
                        "job/others-while-paused", "LIVE-1"),
                one("B14", "a soft cancel gives up what is on its way",
                        jobs(BrokenJobs::cancelsByForce), "guest/point-in-time", "DATA-1"),
                one("B15", "a target that fails is tried again for ever",
                        argument("on-target-error", "report", "ignore"),
                        "fault/dead-target", "LIVE-2"),
                one("B35", "a job is idle when a pause is asked for",
                        jobs(BrokenJobs::pausesAtOnce), "job/pause", "PAUSE-1"),
                one("B36", "the end is run through twice",
                        () -> session(BrokenGuests.GivesBackTwice::new),
                        "job/failed-end", "GUEST-2"),
                one("B37", "a second complete ends the implementation",
                        jobs(BrokenJobs::completesOnce), "job/complete-twice", "SAFE-1"),
                one("B38", "others may use the target",
                        () -> session(BrokenGuests.LetsOthersIn::new),
                        "job/nodes-in-use", "NODE-1"),
                one("B40", "ready means actively synced",
                        jobs(BrokenJobs::readyIsSynced), "guest/actively-synced", "SYNCED-1"),
                one("B45", "a mirror into the source itself is taken",
                        () -> session(BrokenJobs.MirrorsIntoItself::new),
                        "job/nodes-in-use", "NODE-1"),
                one("B46", "a guest waits for the end, and the end for nothing",
                        () -> session(BrokenGuests.NobodyGoesOn::new),
                        "job/pending", "LIVE-1"),
                one("B55", "a guest's write uses what a failed job has given back",
                        () -> session(BrokenGuests.UsesWhatIsGone::new),
                        "fault/fails-under-writes", "SAFE-1"),
                one("N12", "a guest hears of the target's error",
                        BrokenGuests.TellsTheGuest::new, "fault/target-fails-guest", "GUEST-2"),
                one("N15", "a guest's flush and FUA get lost",
                        () -> session(engine -> BrokenGuests.guests(engine,
                                BrokenGuests::losesFlushes)),
                        "guest/durability", "FLUSH-2"),
                one("N18", "what a guest writes during a pause is forgotten",
                        BrokenJobs.ForgetsWhilePaused::new, "job/pause", "DATA-1"),
                one("N19", "target-is-zero outlives its job",
                        () -> session(BrokenJobs.VouchedForEver::new),
                        "job/second-mirror", "DATA-1"),
                one("N20", "a discard counts as zeroes",
                        BrokenGuests.DiscardMeansZero::new, "guest/discard", "DATA-1"));
    }

    private static List<Broken> chains() {
        MirrorParts standard = MirrorParts.standard();
        return List.of(
                one("B20", "a target that sync=top promises nothing of is zeroed",
                        argument("sync", "top", "full"), "copy/pre-zeroing", "PREZERO-1"),
                one("B20", "sync=top is taken for full without a backing file",
                        argument("sync", "top", "full"), "chain/top-alone", "DATA-2"),
                one("B26", "a layer goes on behind its end",
                        () -> target(BrokenChains.EndlessLayer::above),
                        "chain/depth", "CHAIN-3"),
                one("B32", "the first active write into a cluster is not widened",
                        () -> parts(standard.withClusters(BrokenChains.GuestsNotWidened::new)),
                        "chain/target-backing", "CHAIN-4"),
                one("B33", "the first copy into a cluster is not widened",
                        () -> parts(standard.withClusters(BrokenChains.JobNotWidened::new)),
                        "chain/target-backing", "CHAIN-4"),
                one("N05", "the zero bitmap does not follow a widened copy",
                        () -> tracking(BrokenChains.RestStaysZero::new),
                        "chain/widened-zeroes", "CHAIN-4"),
                one("N09", "the first byte of a chunk speaks for all of it",
                        () -> source(BrokenChains.FirstByteSpeaks::above),
                        "chain/granularity", "DATA-1"));
    }
}
