// SPDX-License-Identifier: Apache-2.0
// A target that cannot write zeroes is sent zero bytes, and holds what the source does all the same.
//
// Never, or no longer after the first time, which is how some file systems and devices are. That
// refusal is no error, and no success either: the old data must go (bugs B19 and B30).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3 GUEST-1',
      needs:  'copy job guest write-blocking zero-options requests gates'

cases after: [0, 1], discard: ['ignore', 'unmap'], 'copy-mode': ['background', 'write-blocking'],
      { c ->
    def source = sourceImage(4.MiB) {
        write 1.MiB, 1.MiB
    }
    def target = targetImage 4.MiB, creation: 'old-full', discard: c.discard
    fail target.writeZeroes(0, 4.MiB), errno: 'EOPNOTSUPP', after: c.after, times: 1000000
    fail target.writeZeroesUnmap(0, 4.MiB), errno: 'EOPNOTSUPP', after: c.after, times: 1000000
    def guest = guestOf(source)
    def job = startMirror(source, target, 'copy-mode': c.'copy-mode').awaitReady()
    expectIdentical source, target
    guest.writeZeroes 1.MiB, 64.KiB
    guest.writeZeroes 1.MiB + 512.KiB, 4.KiB
    guest.expectRead 0, 4.MiB
    job.complete()
    expectIdentical source, target
    drop target
    drop source
}
