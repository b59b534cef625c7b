// SPDX-License-Identifier: Apache-2.0
// A tiny speed holds data back, and never zeroes that cost nothing.
//
// At one byte a second the first chunk of data uses up the next hours. An image that is one hole
// is ready all the same: what is skipped is not charged (bug N16). A new speed wakes the job.

about groups: 'rw auto quick',
      rules:  'DATA-1 SPEED-1',
      needs:  'copy job sparse requests gates'

section 'data'
def full = sourceImage(20.MiB) {
    write 0, 20.MiB
}
def target = targetImage 20.MiB
def first = hold target.writes(0, 20.MiB), times: 1
def job = startMirror full, target, speed: 1, 'buf-size': 64.KiB
first.awaitCaught()
release first
job.awaitOffset(64.KiB).awaitIdle()
expectStatus job, 'running', rule: 'SPEED-1'
expectAtMost target, rule: 'SPEED-1', write: 1
job.setSpeed 0
job.awaitReady()
job.complete()
expectIdentical full, target
drop target
drop full

section 'zeroes'
needs 'target-is-zero'
def hole = sourceImage 64.MiB
target = targetImage 64.MiB
job = startMirror(hole, target, speed: 1).awaitIdle()
expectStatus job, 'ready', rule: 'SPEED-1'
job.setSpeed 0
job.awaitReady()
expectRequests target, rule: 'SPEED-1'
job.complete()
expectIdentical hole, target
