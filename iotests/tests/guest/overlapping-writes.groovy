// SPDX-License-Identifier: Apache-2.0
// Guest writes that overlap each other and one that is held all end, in whatever order.
//
// In write-blocking mode the first write is held on its way to the target; others overlap it, each
// other, or neither. Once it is released all must be acknowledged. Were each to wait for every
// other, two that were woken together would wait for one another for ever (bug B10).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3 LIVE-1 GUEST-1',
      needs:  'copy job guest write-blocking requests gates'

def shapes = [            // behind the held one, in this order
    'within':   [[64.KiB, 16.KiB], [72.KiB, 16.KiB], [68.KiB, 8.KiB]],
    'across':   [[32.KiB, 64.KiB], [96.KiB, 64.KiB], [64.KiB, 64.KiB]],
    'chain':    [[120.KiB, 64.KiB], [180.KiB, 64.KiB], [240.KiB, 64.KiB], [100.KiB, 160.KiB]],
    'the same': [[64.KiB, 64.KiB], [64.KiB, 64.KiB], [64.KiB, 64.KiB]],
]

cases others: shapes.keySet() as List, request: ['write', 'writeZeroes'], { c ->
    def source = sourceImage(8.MiB) {
        write 0, 8.MiB
    }
    def target = targetImage 8.MiB
    def guest = guestOf(source)
    def job = startMirror(source, target, 'copy-mode': 'write-blocking').awaitReady()
    def held = hold target.writes(64.KiB, 64.KiB), times: 1
    def first = guest.later { write 64.KiB, 64.KiB, pattern: 0x22 }
    held.awaitCaught()
    // All write the same bytes, so that the order in which they go on does not matter.
    def rest = shapes[c.others].collect { at, bytes ->
        guest.later { write at, bytes, pattern: 0x22 }
    }
    expectWaiting first
    release held
    first.await()
    rest*.await()
    if (c.request == 'writeZeroes') {
        shapes[c.others].collect { at, bytes ->
            guest.later { writeZeroes at, bytes }
        }*.await()
    }
    guest.expectRead 0, 1.MiB
    job.complete()
    expectIdentical source, target
    drop target
    drop source
}
