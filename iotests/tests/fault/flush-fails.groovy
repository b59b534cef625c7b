// SPDX-License-Identifier: Apache-2.0
// A mirror flushes its target before READY and before the end, and does not ignore what it says.
//
// Data that the host holds back may be lost with the host. A flush that fails, the first as well as
// the last, ends the job with the error (bug N14).

about groups: 'rw auto quick',
      rules:  'DATA-1 FLUSH-1 ERROR-2 ERROR-3',
      needs:  'copy job requests gates'

def source = sourceImage(1.MiB) {
    write 0, 1.MiB
}

section 'before READY'
def target = targetImage 1.MiB
fail target.flushes
def job = startMirror source, target
job.awaitEnd expect: 'failed', rule: 'FLUSH-1'
drop target

section 'before the end'
target = targetImage 1.MiB
job = startMirror(source, target).awaitReady()
fail target.flushes
job.askComplete().awaitEnd expect: 'failed', rule: 'ERROR-3'
drop target

section 'held before the end'
target = targetImage 1.MiB
job = startMirror(source, target).awaitReady()
def flush = hold target.flushes
job.askComplete()
flush.awaitCaught()
expectStatus job, 'ready', rule: 'FLUSH-1'
release flush
job.awaitEnd()
expectIdentical source, target
