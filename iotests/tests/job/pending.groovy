// SPDX-License-Identifier: Apache-2.0
// A guest's write between pending and finalize is held up, not lost, and finalize lets it go on.
//
// The guest is kept out so that the target stays what was promised. Were the job to wait for the
// guest meanwhile, neither would go on (bug B46).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3 LIVE-1',
      needs:  'copy job guest requests gates'

cases end: ['complete', 'soft cancel'], 'copy-mode': ['background', 'write-blocking'], { c ->
    def source = sourceImage(4.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 4.MiB
    def guest = guestOf(source)
    def job = startMirror(source, target, 'copy-mode': c.'copy-mode', 'auto-finalize': false)
        .awaitReady()
    if (c.end == 'complete') {
        job.askComplete()
    } else {
        job.askCancel()
    }
    job.awaitStatus 'pending'
    def writing = c.end != 'complete' ? null
        : guest.later { write 2.MiB, 64.KiB, pattern: 0x33 }.awaitHeldUp()
    job.finalizeJob()
    writing?.await()
    job.awaitEnd()
    expectIdentical source, target
    guest.write 1.MiB, 64.KiB, pattern: 0x22
    guest.expectRead 0, 4.MiB
    drop target
    drop source
}
