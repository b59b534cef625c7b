// SPDX-License-Identifier: Apache-2.0
// A soft cancel of a ready mirror leaves a whole copy of that moment, and the guest on the source.
//
// A guest's write is still on its way to the target when the job is cancelled, and in background
// mode another one waits behind it. A cancel that takes requests in flight with it would call a
// torn copy a success (bug B14). What the guest writes afterwards is the source's alone.

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-2 DATA-3',
      needs:  'copy job guest write-blocking requests gates'

cases 'copy-mode': ['background', 'write-blocking'], { c ->
    def source = sourceImage(4.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 4.MiB
    def guest = guestOf(source)
    def job = startMirror(source, target, 'copy-mode': c.'copy-mode', 'buf-size': 64.KiB)
        .awaitReady()
    def held = hold target.writes(1.MiB, 64.KiB)
    def writing = guest.later { write 1.MiB, 64.KiB, pattern: 0x22 }
    held.awaitCaught()
    if (c.'copy-mode' == 'background') {
        writing.await()
        guest.write 1.MiB + 512.KiB, 64.KiB, pattern: 0x22
    }
    // The verb itself may wait for the guest.
    def cancelling = later { job.askCancel() }
    release held
    writing.await()
    cancelling.await()
    job.awaitEnd()
    expectIdentical source, target
    guest.write 2.MiB, 64.KiB, pattern: 0x33
    guest.expectRead 0, 4.MiB
    forgetRequests target
    guest.write 3.MiB, 512, pattern: 0x44
    expectRequests target, rule: 'DATA-2'
    drop target
    drop source
}
