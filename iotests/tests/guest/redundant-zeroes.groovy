// SPDX-License-Identifier: Apache-2.0
// A guest that zeroes what is zero already costs the target nothing.
//
// Not where the target was zero from the start, and not where the same zeroes were written before:
// the second time must send nothing, neither as a zero write nor as data. The counters go on all
// the same.

about groups: 'rw auto guest',
      rules:  'DATA-1 ZERO-1 ZERO-4',
      needs:  'copy job guest write-blocking requests gates host:sparse-files',
      source: 'raw qcow2'

cases place: ['hole', 'copied'], zeroes: [64.KiB, 1.MiB],
      'copy-mode': ['background', 'write-blocking'], phase: ['copying', 'ready'],
      discard: ['ignore', 'unmap'], { c ->
    // Before READY the job must go on beside the request that is held there.
    if (c.phase == 'copying') needs 'concurrent'
    if (c.phase == 'copying' && c.'copy-mode' == 'background') needs 'overlap'
    def source = sourceImage(20.MiB) {
        write 8.MiB, 3.MiB
    }
    def target = targetImage 20.MiB, discard: c.discard
    def guest = guestOf(source)
    long at = c.place == 'hole' ? 2.MiB : 8.MiB
    duringMirror source, target, 'copy-mode': c.'copy-mode', phase: c.phase, { job ->
        job.settle()
        if (c.place == 'copied') {
            guest.writeZeroes at, c.zeroes, unmap: true
            job.settle()
        }
        forgetRequests target
        2.times {
            guest.writeZeroes at, c.zeroes, unmap: true
            job.settle()
        }
        // Shorter than a chunk, inside one that is known to be zero.
        guest.writeZeroes at + 4.KiB, 4.KiB
        guest.writeZeroes at + 1000, 10
        job.settle()
        expectRequests target, rule: 'ZERO-4'
    }
    expectIdentical source, target
    expectAllocation target, 'sparse'
    drop target
    drop source
}
