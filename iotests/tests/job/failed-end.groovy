// SPDX-License-Identifier: Apache-2.0
// A job that fails at the very end leaves the guest on its source, as if nothing had been.
//
// Its last flush fails, or it is cancelled when all but the last step is done. What has to be given
// back is given back once: the guest writes on, the target hears of it no more, and the source can
// be mirrored again (bug B36).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-2 DATA-3 GUEST-2 ERROR-3 LIVE-2',
      needs:  'copy job guest requests gates'

cases end: ['flush fails', 'cancelled in flush', 'cancelled while pending'],
      'copy-mode': ['background', 'write-blocking'], { c ->
    if (c.'copy-mode' == 'write-blocking') needs 'write-blocking'
    def source = sourceImage(4.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 4.MiB, name: 'first'
    def guest = guestOf(source)
    boolean pending = c.end == 'cancelled while pending'
    def job = startMirror(source, target, 'copy-mode': c.'copy-mode', 'auto-finalize': !pending)
        .awaitReady()
    if (c.end == 'flush fails') {
        fail target.flushes
        job.askComplete()
        job.awaitEnd expect: 'failed', rule: 'ERROR-3'
    } else {
        def flush = pending ? null : hold(target.flushes)
        job.askComplete()
        if (pending) job.awaitStatus 'pending'
        flush?.awaitCaught()
        job.askCancel force: true
        if (flush) release flush
        job.awaitEnd expect: 'cancelled', rule: 'LIVE-2'
    }
    forgetRequests target
    guest.write 1.MiB, 64.KiB, pattern: 0x22
    guest.writeZeroes 2.MiB, 64.KiB
    expectRequests target, rule: 'DATA-2'
    drop target
    def second = targetImage 4.MiB
    mirror source, second
    expectIdentical source, second
    guest.expectRead 0, 4.MiB
    drop second
    drop source
}
