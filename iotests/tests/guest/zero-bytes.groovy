// SPDX-License-Identifier: Apache-2.0
// Zero bytes that a guest writes as data do not fail, wherever they are turned into zero writes.
//
// Source and target look for zeroes and may unmap. A flag that fits a data write and not the zero
// write that it becomes must not fail it (bug B29), and durability must not get lost on the way.

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3 GUEST-2',
      needs:  'copy job guest write-blocking zero-options requests gates'

cases place: [2.MiB, 2.MiB + 512, 2.MiB + 100, 8.MiB - 4.KiB], bytes: [512, 4.KiB],
      fua: [false, true], 'copy-mode': ['background', 'write-blocking'], { c ->
    def source = sourceImage(8.MiB, discard: 'unmap', 'detect-zeroes': 'unmap') {
        write 0, 8.MiB
    }
    def target = targetImage 8.MiB, discard: 'unmap', 'detect-zeroes': 'unmap'
    def guest = guestOf(source)
    duringMirror source, target, 'copy-mode': c.'copy-mode', { job ->
        guest.writeZeroBytes c.place, c.bytes, fua: c.fua
        guest.expectRead 0, 8.MiB
    }
    expectIdentical source, target
    drop target
    drop source
}
