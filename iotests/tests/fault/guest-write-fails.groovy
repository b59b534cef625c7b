// SPDX-License-Identifier: Apache-2.0
// A guest write that fails at the source leaves both ends alike.
//
// The guest hears of its own disk's error. The target must not keep what the source refused, and
// what a request left half done is copied again (bug N11).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3',
      needs:  'copy job guest write-blocking requests gates'

cases 'copy-mode': ['background', 'write-blocking'], errno: ['EIO', 'ENOSPC'],
      bytes: [512, 64.KiB, 200.KiB], { c ->
    def source = sourceImage(4.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 4.MiB
    def guest = guestOf(source)
    def job = startMirror(source, target, 'copy-mode': c.'copy-mode').awaitReady()
    fail source.writes(1.MiB, c.bytes), errno: c.errno
    guest.expectWriteFails 1.MiB, c.bytes
    job.complete()
    guest.expectRead 0, 4.MiB
    expectIdentical source, target
    drop target
    drop source
}
