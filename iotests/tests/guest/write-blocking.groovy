// SPDX-License-Identifier: Apache-2.0
// In write-blocking mode an acknowledged guest write is in the target.
//
// The guest writes while the mirror is ready, and the target is read at once, without waiting for
// anything. Another write is held on its way to the target: it must not be acknowledged before it
// is there. Mode background can be changed to write-blocking while the job runs.

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3 GUEST-1',
      needs:  'copy job guest write-blocking gates',
      source: 'raw qcow2'

['write-blocking', 'background'].each { mode ->
    section "copy-mode=$mode" + (mode == 'background' ? ', changed to write-blocking' : '')
    if (mode == 'background') needs 'change'
    def source = sourceImage(20.MiB) {
        write 8.MiB, 2.MiB
    }
    def target = targetImage 20.MiB
    def guest = guestOf(source)
    def job = startMirror source, target, 'copy-mode': mode
    job.awaitReady()
    if (mode == 'background') job.change 'copy-mode': 'write-blocking'

    guest.write 1.MiB, 64.KiB
    guest.write 2.MiB + 10, 100
    guest.writeZeroes 8.MiB, 1.MiB
    guest.writeZeroes 9.MiB + 512, 4.KiB
    guest.write 20.MiB - 512, 512
    guest.expectRead 0, 20.MiB
    expectIdentical source, target, rule: 'GUEST-1'

    def held = hold(target.writes(3.MiB, 64.KiB))
    def writing = guest.later { write 3.MiB, 64.KiB, pattern: 0x22 }
    held.awaitCaught()
    expectWaiting writing, rule: 'GUEST-1'
    release held
    writing.await()
    expectIdentical source, target, rule: 'GUEST-1'

    job.complete()
    guest.write 5.MiB, 1.MiB, pattern: 0x33
    guest.expectRead 0, 20.MiB
    drop target
    drop source
}
