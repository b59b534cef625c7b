// SPDX-License-Identifier: Apache-2.0
// A mirror is not ready while anything is still to be copied, and not before the target is flushed.
//
// The last copy is held, and what the guest dirtied meanwhile comes after it; then the flush is.
// A mirror that calls itself ready at the end of its walk would say so here (bugs B40, N14).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 READY-1 FLUSH-1',
      needs:  'copy job guest requests gates'

def source = sourceImage(4.MiB) {
    write 0, 4.MiB
}
def target = targetImage 4.MiB
def guest = guestOf(source)

section 'the first pass is in flight'
def copy = hold target.writes(4.MiB - 64.KiB, 64.KiB)
def again = hold target.writes(0, 64.KiB), after: 1
def flush = hold target.flushes
def job = startMirror source, target
copy.awaitCaught()
expectStatus job, 'running', rule: 'READY-1'

section 'what a guest wrote meanwhile is in flight'
guest.write 0, 512, pattern: 0x22
release copy
again.awaitCaught()
expectStatus job, 'running', rule: 'READY-1'

section 'the flush is in flight'
release again
flush.awaitCaught()
expectStatus job, 'running', rule: 'FLUSH-1'
release flush
job.awaitReady()
expectIdentical source, target, rule: 'READY-1'
job.complete()
expectIdentical source, target
