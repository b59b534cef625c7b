// SPDX-License-Identifier: Apache-2.0
// A mirror calls itself actively synced only while the target lacks nothing.
//
// Not in background mode, ready or not; not before everything is copied; and not after a guest's
// write failed at the target, until that was copied again. Who hands a disk over relies on it (bug
// B40).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 GUEST-4 SYNCED-1',
      needs:  'copy job guest write-blocking change requests gates'

section 'background'
def source = sourceImage(4.MiB) {
    write 0, 4.MiB
}
def target = targetImage 4.MiB
def guest = guestOf(source)
def held = hold target.writes(0, 64.KiB)
def job = startMirror source, target
held.awaitCaught()
expectQuery job, 'actively-synced': false
release held
job.awaitReady()
guest.write 1.MiB, 512
job.settle()
expectQuery job, 'actively-synced': false
job.complete()
expectIdentical source, target
drop target
drop source

section 'write-blocking'
source = sourceImage(4.MiB) {
    write 0, 4.MiB
}
target = targetImage 4.MiB
guest = guestOf(source)
held = hold target.writes(0, 64.KiB)
job = startMirror source, target, 'copy-mode': 'write-blocking', 'on-target-error': 'stop'
held.awaitCaught()
expectQuery job, 'actively-synced': false
release held
job.awaitReady()
guest.write 1.MiB, 512, pattern: 0x22
expectQuery job, 'actively-synced': true

section 'after a write that failed at the target'
fail target.writes(2.MiB, 512)
guest.write 2.MiB, 512, pattern: 0x22
job.awaitStatus 'standby'
expectQuery job, 'actively-synced': false
job.resume()
job.awaitStatus 'ready'
job.settle()
job.complete()
expectIdentical source, target
