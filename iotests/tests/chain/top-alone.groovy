// SPDX-License-Identifier: Apache-2.0
// With sync=top an image without a backing file promises what it has itself, and nothing more.
//
// It has nothing. The mirror is ready at once even at one byte a second, and the target keeps what it
// held. Taken for sync=full, the target would be wiped first (bug B20).

about groups: 'rw auto quick chain',
      rules:  'DATA-2 LIVE-1 PREZERO-1',
      needs:  'copy job sync zero-options qcow2 requests host:sparse-files'

cases discard: ['ignore', 'unmap'], { c ->
    def source = sourceImage(4.MiB, format: 'qcow2') { }
    def target = targetImage 4.MiB, creation: 'old-full', discard: c.discard
    def job = startMirror source, target, sync: 'top', speed: 1
    job.awaitIdle()
    expectStatus job, 'ready', rule: 'DATA-2'
    expectRequests target, rule: 'DATA-2'
    job.setSpeed 0
    job.awaitReady()
    job.complete()
    expectUnchanged target
    drop target
    drop source
}
