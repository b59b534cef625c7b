// SPDX-License-Identifier: Apache-2.0
// What a guest made durable is durable on its own disk, and on the target before that takes over.
//
// While the mirror runs the guest's flush, and its write with FUA, are the source's affair and reach
// it before they are acknowledged (bug N15). The target is flushed before READY, and before the end
// after whatever the guest wrote since (bug N14). From the pivot on it is the guest's disk.

about groups: 'rw auto quick guest',
      rules:  'DATA-1 FLUSH-1 FLUSH-2',
      needs:  'copy job guest write-blocking requests gates'

cases request: ['flush', 'write with FUA', 'zeroes with FUA'],
      'copy-mode': ['background', 'write-blocking'], { c ->
    def source = sourceImage(4.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 4.MiB
    def guest = guestOf(source)
    def persist = {
        if (c.request == 'flush') {
            guest.write 1.MiB, 64.KiB, pattern: 0x22
            guest.flush()
        } else if (c.request == 'write with FUA') {
            guest.write 1.MiB, 64.KiB, pattern: 0x22, fua: true
        } else {
            guest.writeZeroes 1.MiB, 64.KiB, fua: true
        }
    }
    def job = startMirror(source, target, 'copy-mode': c.'copy-mode').awaitReady()
    expectFlushed target
    forgetRequests source
    persist()
    expectFlushed source, rule: 'FLUSH-2'
    job.settle()
    job.complete()
    expectFlushed target
    forgetRequests target
    persist()
    expectFlushed target, rule: 'FLUSH-2'
    expectIdentical source, target
    drop target
    drop source
}
