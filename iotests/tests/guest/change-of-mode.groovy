// SPDX-License-Identifier: Apache-2.0
// The change to write-blocking, made at any time, loses no write made before or after it.
//
// Before READY a copy is held; the guest writes in background mode, the mode changes, and the guest
// writes again, on the same chunks and on others, copied already or not.

about groups: 'rw auto quick guest',
      rules:  'DATA-1 GUEST-1 SYNCED-1',
      needs:  'copy job guest write-blocking change requests gates'

cases phase: ['copying', 'ready', 'paused'], write: ['same chunk', 'straddling', 'elsewhere'],
      request: ['write', 'writeZeroes'], { c ->
    def source = sourceImage(4.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 4.MiB
    def guest = guestOf(source)
    def copy = c.phase == 'copying' ? hold(target.writes(0, 64.KiB)) : null
    def job = startMirror source, target, 'buf-size': 64.KiB
    if (copy) {
        copy.awaitCaught()
    } else {
        job.awaitReady()
    }
    if (c.phase == 'paused') job.pause().awaitStatus 'standby'
    guest.write 2.MiB, 64.KiB, pattern: 0x22
    job.change 'copy-mode': 'write-blocking'
    long at = ['same chunk': 2.MiB + 512, straddling: 2.MiB + 60.KiB, elsewhere: 3.MiB][c.write]
    if (c.request == 'write') {
        guest.write at, 8.KiB, pattern: 0x33
    } else {
        guest.writeZeroes at, 8.KiB
    }
    if (copy) {
        release copy
        job.awaitReady()
    }
    if (c.phase == 'paused') job.resume().awaitStatus 'ready'
    job.settle()
    expectQuery job, 'actively-synced': true
    expectIdentical source, target, rule: 'GUEST-1'
    job.complete()
    expectIdentical source, target
    drop target
    drop source
}
