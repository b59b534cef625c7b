// SPDX-License-Identifier: Apache-2.0
// A guest's small request costs each end what the guest asked for, and no question.
//
// Chunks are of 1 MiB. Were requests widened to chunks, every 4 KiB would cost 1 MiB at both ends
// (bug B08); were the target asked whether it is zero, each write would wait for an answer that
// some hosts take long to give (bug B43).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3 ZERO-4 COST-1 COST-3',
      needs:  'copy job guest write-blocking requests gates'

cases request: ['write', 'writeZeroes', 'writeZeroBytes', 'read'], place: ['data', 'hole'],
      where: { it.request != 'read' || it.place == 'data' }, { c ->
    def source = sourceImage(8.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 8.MiB
    def guest = guestOf(source)
    def job = startMirror(source, target, 'copy-mode': 'write-blocking', granularity: 1.MiB)
        .awaitReady()
    forgetRequests source
    forgetRequests target
    long at = c.place == 'data' ? 2.MiB : 6.MiB
    8.times { guest."$c.request" at + it * 8.KiB, 4.KiB }
    boolean zeroes = c.request == 'writeZeroes'
    boolean none = c.request == 'read' || zeroes && c.place == 'hole'
    expectRequests target, (zeroes ? 'write-zeroes' : 'write'): none ? 0 : 32.KiB
    expectRequests source, read: c.request == 'read' ? 32.KiB : 0,
                   (zeroes ? 'write-zeroes' : 'write'): c.request == 'read' ? 0 : 32.KiB
    expectAtMost target, rule: 'COST-3', 'block-status': 0, read: 0
    job.complete()
    expectIdentical source, target
    drop target
    drop source
}
