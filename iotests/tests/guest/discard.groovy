// SPDX-License-Identifier: Apache-2.0
// A guest's discard costs nothing and loses nothing.
//
// What a discarded range reads as is up to the source; the target must read the same, and what lay
// around it must not suffer. While a mirror runs the discard is dropped.

about groups: 'rw auto guest',
      rules:  'DATA-1 DATA-3 GUEST-3 GUEST-5 PROGRESS-2',
      needs:  'copy job guest write-blocking zero-options requests gates host:sparse-files',
      source: 'raw qcow2'

def shapes = [
    'whole chunks of data': [8.MiB,       1.MiB],
    'a hole':               [2.MiB,       1.MiB],
    'part of a chunk':      [8.MiB,       4.KiB],
    'unaligned':            [8.MiB + 100, 1000],
    'data and hole':        [9.MiB,       2.MiB],
]

cases discard: shapes.keySet() as List, then: ['nothing', 'write', 'zeroes'],
      'copy-mode': ['background', 'write-blocking'], phase: ['copying', 'ready'],
      unmap: [false, true], { c ->
    // Before READY the job must go on beside the request that is held there.
    if (c.phase == 'copying') needs 'concurrent'
    if (c.phase == 'copying' && c.'copy-mode' == 'background') needs 'overlap'
    def (at, bytes) = shapes[c.discard]
    def source = sourceImage(20.MiB, discard: c.unmap ? 'unmap' : 'ignore') {
        write 8.MiB, 2.MiB
        write 4.MiB, 1.MiB
    }
    def target = targetImage 20.MiB, discard: c.unmap ? 'unmap' : 'ignore'
    def guest = guestOf(source)
    duringMirror source, target, 'copy-mode': c.'copy-mode', phase: c.phase, held: 4.MiB, { job ->
        job.settle()
        forgetRequests target
        guest.discard at, bytes
        job.settle()
        expectRequests target, rule: 'GUEST-3'
        if (c.then == 'write') guest.write at, bytes, pattern: 0x33
        if (c.then == 'zeroes') guest.writeZeroes at, bytes
        guest.expectRead at, bytes
    }
    expectIdentical source, target
    drop target
    drop source
}
