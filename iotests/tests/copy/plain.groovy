// SPDX-License-Identifier: Apache-2.0
// A plain copy: the target reads as the source, whatever it held before.
//
// Nothing is asked of the implementation but that it copies, so every program that does can run
// this. The target is one hole, or full of the data of an earlier use, which has to go where the
// source has holes.

about groups: 'rw auto quick',
      rules:  'DATA-1 DATA-3 LIVE-1',
      needs:  'copy host:sparse-files'

[   // layout    bytes
    ['middle',   4.MiB],
    ['hole',     4.MiB],
    ['full',     4.MiB],
    ['ends',     4.MiB],
    ['zeroes',   4.MiB],
    ['odd size', 1.MiB + 513],
].each { layout, bytes ->
    section layout
    def source = sourceImage(bytes) {
        if (layout == 'middle') write 1.MiB, 512.KiB
        if (layout == 'full') write 0, bytes
        if (layout == 'ends') { write 0, 4.KiB; write bytes - 4.KiB, 4.KiB }
        if (layout == 'zeroes') zeroes 0, bytes
        if (layout == 'odd size') write bytes - 1000, 1000
    }
    ['external', 'old-full'].each { creation ->
        def target = targetImage bytes, creation: creation
        mirror source, target
        expectIdentical source, target
        expectUnchanged source, rule: 'DATA-3'
        drop target
    }
    drop source
}
