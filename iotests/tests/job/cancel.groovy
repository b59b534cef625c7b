// SPDX-License-Identifier: Apache-2.0
// A cancel ends the job as soon as the request in flight has ended, and copies nothing more.
//
// One copy of many is held. Cancelled with force or without, the job waits for it and for nothing
// else; the guest keeps its disk.

about groups: 'rw auto quick guest',
      rules:  'DATA-3 LIVE-2',
      needs:  'copy job guest requests gates'

def source = sourceImage(8.MiB) {
    write 0, 8.MiB
}

[false, true].each { force ->
    section force ? 'with force' : 'without force'
    def target = targetImage 8.MiB
    def guest = guestOf(source)
    def held = hold target.writes(0, 8.MiB), times: 1
    def job = startMirror source, target, 'buf-size': 64.KiB
    held.awaitCaught()
    job.askCancel force: force
    guest.write 1.MiB, 512, pattern: 0x22
    release held
    job.awaitEnd expect: 'cancelled', rule: 'LIVE-2'
    expectAtMost target, rule: 'LIVE-2', write: 1, flush: 0
    guest.write 2.MiB, 512, pattern: 0x22
    guest.expectRead 0, 8.MiB
    drop target
}
