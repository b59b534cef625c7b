// SPDX-License-Identifier: Apache-2.0
import mirrorcheck.iotests.dsl.Guest
import mirrorcheck.iotests.dsl.Held
import mirrorcheck.iotests.dsl.Image
import mirrorcheck.iotests.dsl.Job
import mirrorcheck.iotests.dsl.Later
import mirrorcheck.iotests.dsl.Words
import mirrorcheck.iotests.ends.Request
import mirrorcheck.iotests.history.Histories
import mirrorcheck.iotests.host.SmallDisk
import mirrorcheck.iotests.run.TestContext

/**
 * The words of every script under iotests/tests.
 *
 * Sizes are numbers with a unit: 20.MiB, 64.KiB, 512.B. Named options are spelt as in QMP, and one
 * that is null is absent. A word that sets something up is silent; a word that begins with expect
 * tells one fact and judges it by a rule, its own or the one behind rule:, which about must name.
 */
abstract class common extends Script {
    /** Set by the runner before the script runs. */
    TestContext context

    @Lazy private Words words = new Words(context)

    /**
     * What the script tests and needs: groups, rules, needs, source. First word of every script,
     * plain text only.
     */
    void about(Map<String, String> about) { words.about(about) }

    /** Begins a new part of the transcript, a case of its own. */
    void section(String title) { words.section(title) }

    /**
     * Skips the rest of a case on an implementation that lacks one of these capabilities; first
     * word of the case.
     */
    void needs(String capabilities) { words.needs(capabilities) }

    // Images.

    /**
     * A source that is one hole but for what stands between the braces: write, zeroes, unwritten.
     */
    Image sourceImage(Map options = [:], Number size) { words.sourceImage(options, size, null) }

    Image sourceImage(Map options = [:], Number size, Closure layout) {
        words.sourceImage(options, size, layout)
    }

    /**
     * An image for others to lie upon, raw unless format: says: sourceImage(backing: base, size).
     */
    Image baseImage(Map options = [:], Number size, Closure layout) {
        words.baseImage(options, size, layout)
    }

    /**
     * A target; creation: external (a hole), off, falloc, full (by the implementation), old-sparse,
     * old-full (data of an earlier use), qemu-img (with 'qemu-img': its options -o); discard: and
     * 'detect-zeroes': are options of its node. The device below may not know its block status
     * ('block-status': false), or be an NBD server of its own ('own-server': true).
     */
    Image targetImage(Map options = [:], Number size) { words.targetImage(options, size, null) }

    Image targetImage(Map options = [:], Number size, Closure layout) {
        words.targetImage(options, size, layout)
    }

    /** Closes an image, without its guests; its file stays for expectImageCheck. */
    void close(Image image) { words.close(image) }

    /** Closes an image and deletes it. */
    void drop(Image image) { words.drop(image) }

    /** Bytes the host has allocated for an image. */
    long diskUsage(Image image) { words.diskUsage(image) }

    // Mirrors.

    /**
     * Mirrors to the end: start, ready, complete. Options as of blockdev-mirror; expect: 'failed'
     * if it must fail.
     */
    Job mirror(Map options = [:], Image source, Image target) {
        words.mirror(options, source, target)
    }

    /**
     * Starts a mirror; the job has awaitReady, complete, cancel, pause, resume, change, setSpeed,
     * progress, events.
     */
    Job startMirror(Map options = [:], Image source, Image target) {
        words.startMirror(options, source, target)
    }

    /**
     * Mirrors to the end, and meanwhile does what stands between the braces, which get the job:
     * once it is ready, or with phase: 'copying' before, while the copy of the source's last data
     * is held back. job.settle() waits for the rest.
     */
    Job duringMirror(Map options = [:], Image source, Image target, Closure body) {
        words.duringMirror(options, source, target, body)
    }

    // Guests, and requests held or failed.

    /**
     * The guest that uses an image: write, writeZeroes, discard, flush, expectRead, and later for a
     * held request.
     */
    Guest guestOf(Image image) { words.guestOf(image) }

    /**
     * Holds requests: hold source.reads(0, 64.KiB); writes, writeZeroes, writeZeroesUnmap,
     * discards, statuses, flushes; after: 2 lets two of them pass first, times: 1 holds no more than one.
     */
    Held hold(Map options = [:], Image.Requests requests) { words.hold(options, requests) }

    /** Lets held requests go on. */
    void release(Held held) { held.release() }

    /** Fails requests: fail target.writes(0, 1.MiB), errno: 'ENOSPC', after: 1, times: 2. */
    Held fail(Map options = [:], Image.Requests requests) { words.fail(options, requests) }

    /**
     * A file system with little room, for targetImage disk:, with resize; the case is skipped where
     * the host does not allow it.
     */
    SmallDisk smallDisk(Number bytes) { words.smallDisk(bytes) }

    /** Kills the NBD server of an image that was made with 'own-server': true. */
    void killServer(Image image) { words.killServer(image) }

    /** Runs what stands between the braces beside the script. */
    Later later(Closure body) { words.later(body) }

    /** The requests that reached the file of an image, in the order they came. */
    List<Request> requestsOf(Image image) { words.requestsOf(image) }

    /** Forgets them, so that the next expectRequests is about what follows. */
    void forgetRequests(Image image) { words.forgetRequests(image) }

    // Expectations.

    void expectIdentical(Map options = [:], Image source, Image target) {
        words.expectations().identical(options, source, target)
    }

    void expectUnchanged(Map options = [:], Image image) {
        words.expectations().unchanged(options, image)
    }

    /** what: sparse, full, partial, kept, or a number of bytes. */
    void expectAllocation(Map options = [:], Image image, what) {
        words.expectations().allocation(options, image, what)
    }

    /** atMost: so many bytes. */
    void expectAllocation(Map options, Image image) {
        words.expectations().allocation(options, image)
    }

    /**
     * Bytes of requests of each kind: write: 2.MiB, 'write-zeroes': 64.KiB; none of the other
     * kinds.
     */
    void expectRequests(Map options = [:], Image image) {
        words.requestExpectations().requests(options, image)
    }

    /** The clusters of a qcow2 image's own layer: data: '[8 MiB, 10 MiB)', zero: '...'. */
    void expectClusters(Map options = [:], Image image) {
        words.expectations().clusters(options, image)
    }

    /** What qemu-img says of a closed image: its tables are whole, and it reads as it must. */
    void expectImageCheck(Map options = [:], Image image) {
        words.expectations().imageCheck(options, image)
    }

    void expectProgress(Map options = [:], Job job) { words.expectations().progress(options, job) }

    /** A job has done all there was to do: len and offset are equal. */
    void expectDone(Map options = [:], Job job) { words.expectations().done(options, job) }

    /** What runs beside the script has not ended, because a request of it is held. */
    void expectWaiting(Map options = [:], Later later) {
        words.expectations().waiting(options, later)
    }

    void expectStatus(Map options = [:], Job job, String status) {
        words.expectations().status(options, job, status)
    }

    /** What a query says of a job now: 'actively-synced': true, paused: false. */
    void expectQuery(Map options, Job job) { words.expectations().query(options, job) }

    /** An event of a job came, min: to max: times, once unless told. */
    void expectEvents(Map options = [:], Job job, String event) {
        words.expectations().events(options, job, event)
    }

    /** The events of a job tell a legal life. */
    void expectLifeCycle(Map options = [:], Job job) {
        words.expectations().lifeCycle(options, job)
    }

    /** What stands between the braces is refused with this text. */
    void expectRefused(Map options = [:], String text, Closure body) {
        words.expectations().refused(options, text, body)
    }

    /** The same, with whatever text. */
    void expectRefused(Map options = [:], Closure body) {
        words.expectations().refused(options, null, body)
    }

    /** No more than so many requests of each kind: write: 1, 'block-status': 0. */
    void expectAtMost(Map options, Image image) {
        words.requestExpectations().atMost(options, image)
    }

    /** The last request that changed an image was followed by a flush. */
    void expectFlushed(Map options = [:], Image image) {
        words.requestExpectations().flushed(options, image)
    }

    /** Everything the rules of copying say of a mirror that no guest disturbed. */
    void expectOutcome(Image source, Image target) { words.expectations().outcome(source, target) }

    // Random histories.

    /**
     * Plays random histories of a kind: writes, zeroes, verbs or faults; count: of them unless
     * check --histories says. The first has the seed of the run, the next one more. One that breaks
     * a rule is shrunk and printed as a script.
     */
    void randomHistories(Map options, String kind) { Histories.play(context, kind, options) }

    // Products of options.

    /**
     * Runs the closure for every combination of the lists, each a case of its own; where: leaves
     * combinations out.
     */
    int cases(Map axes, Closure body) { words.cases(axes, body) }

    /**
     * The full product of what decides how a raw source of 20 MiB is copied: 540 cases, each judged
     * by expectOutcome. Nothing is flushed to the disk, which would only cost time; the requests to
     * flush are recorded all the same.
     */
    void copyMatrix(Image source) {
        cases creation: ['external', 'off', 'falloc', 'full', 'old-sparse', 'old-full'],
              discard: ['ignore', 'unmap'], 'detect-zeroes': ['off', 'on', 'unmap'],
              sync: ['full', 'top', 'none'], 'target-is-zero': [null, true, false],
              'copy-mode': ['background', 'write-blocking'],
              where: { it.discard == 'unmap' || it.'detect-zeroes' != 'unmap' }, { c ->
            if (c.'target-is-zero' != null) needs 'target-is-zero'
            def target = targetImage 20.MiB, creation: c.creation, discard: c.discard,
                    'detect-zeroes': c.'detect-zeroes', 'cache.no-flush': true
            mirror source, target, sync: c.sync, 'target-is-zero': c.'target-is-zero',
                    'copy-mode': c.'copy-mode'
            expectOutcome source, target
            drop target
        }
        expectMeasured()
    }

    /** Tells how many measured rows the outcomes of this script were compared with. */
    void expectMeasured() { words.expectations().measuredRows() }
}
