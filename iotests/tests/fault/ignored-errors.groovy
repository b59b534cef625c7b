// SPDX-License-Identifier: Apache-2.0
// An error that is ignored is tried again now and then, not as fast as the machine can.
//
// One chunk of the target cannot be written and the policy is to ignore that. While the guest reads
// twenty thousand times the job may try it again a few times; a hot loop of errors would try it
// hundreds of times and flood the monitor with events. When the target is well again the copy is
// whole.

about groups: 'rw auto quick guest',
      rules:  'DATA-1 ERROR-4',
      needs:  'copy job guest requests gates'

def source = sourceImage(1.MiB) {
    write 0, 1.MiB
}
def target = targetImage 1.MiB
def guest = guestOf(source)
def bad = fail target.writes(0, 64.KiB), times: 1000000
def job = startMirror source, target, 'on-target-error': 'ignore', 'buf-size': 64.KiB
bad.awaitCaught()
20000.times { guest.read 512.KiB, 512 }
// Sixteen chunks, and the tries.
expectAtMost target, rule: 'ERROR-4', write: 16 + 40
release bad
job.awaitReady()
job.complete()
expectIdentical source, target
