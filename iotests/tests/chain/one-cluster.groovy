// SPDX-License-Identifier: Apache-2.0
// Data and zeroes that a guest sends to one cluster at the same time do not harm each other.
//
// In write-blocking mode they reach a qcow2 target side by side, where the cluster has to be
// allocated, or copied from the backing file, for the one, and is freed or zeroed for the other (bug
// B52). They do not overlap, so that the result is the same in whatever order they come.

about groups: 'rw auto quick chain guest',
      rules:  'DATA-1 DATA-3',
      needs:  'copy job guest sync write-blocking zero-options qcow2 host:sparse-files',
      source: 'raw qcow2'

cases 'detect-zeroes': ['off', 'unmap'], backing: [false, true], { c ->
    def base = baseImage(8.MiB) {
        write 0, 8.MiB, pattern: 0xb5
    }
    def source = c.backing ? sourceImage(8.MiB, format: 'qcow2', backing: base) { }
                           : sourceImage(8.MiB) { write 0, 4.MiB }
    def target = targetImage 8.MiB, format: 'qcow2', backing: c.backing ? base : null,
                             discard: 'unmap', 'detect-zeroes': c.'detect-zeroes'
    def guest = guestOf(source)
    def job = startMirror(source, target, sync: c.backing ? 'top' : 'full',
                          'copy-mode': 'write-blocking').awaitReady()
    def requests = (0L..<32).collectMany { n ->
        long at = n * 128.KiB
        [guest.later { write at + 4.KiB, 8.KiB, pattern: 0x22 },
         guest.later { writeZeroes at + 16.KiB, 16.KiB },
         guest.later { writeZeroBytes at + 40.KiB, 4.KiB },
         guest.later { writeZeroes at + 48.KiB, 80.KiB, unmap: true }]
    }
    requests*.await()
    // And one after the other.
    guest.write 6.MiB + 4.KiB, 8.KiB, pattern: 0x22
    guest.writeZeroes 6.MiB + 16.KiB, 16.KiB
    guest.expectRead 0, 8.MiB
    job.complete()
    expectIdentical source, target
    drop target
    drop source
    drop base
}
