// SPDX-License-Identifier: Apache-2.0
// Images whose size is no multiple of anything are copied to their last byte.
//
// A size is rounded up to 512. A partial last chunk is always written as data, also if it is zero
// and the target is known to be; a target file then takes the rounded size. An image of size 0 is
// ready at once.

about groups: 'rw auto',
      rules:  'DATA-1 DATA-7 SIZE-1 SIZE-2 ZERO-1 ALLOC-1 COST-1 PROGRESS-1',
      needs:  'copy zero-options requests host:sparse-files'

[0, 1.B, 513.B, 4095.B, 4097.B, 65535.B, 65537.B, 1.MiB + 512, 2.MiB + 1,
 20.MiB + 24.KiB + 512].each { long size ->
    section "size=$size"
    cases layout: ['hole', 'data', 'tail'], creation: ['external', 'old-full'],
          discard: ['ignore', 'unmap'], granularity: [512, null, 1.MiB], { c ->
        def source = sourceImage(size) {
            if (c.layout == 'data') write 0, size
            if (c.layout == 'tail') write size - Math.min(512, size), Math.min(512, size)
        }
        def target = targetImage size, creation: c.creation, discard: c.discard
        mirror source, target, granularity: c.granularity
        expectOutcome source, target
        drop source
        drop target
    }
}
