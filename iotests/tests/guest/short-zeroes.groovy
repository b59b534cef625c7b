// SPDX-License-Identifier: Apache-2.0
// Zeroes shorter than a chunk make no chunk known to be zero.
//
// Inside a chunk, at its edges, across the edge of two without covering either, and in a partial
// last chunk. Later the guest zeroes the chunks wholly: had the short zeroes been rounded outwards,
// those would be skipped and old data would stay. A range that covers no chunk must not upset the
// job either (bug B01: an assertion).

about groups: 'rw auto guest',
      rules:  'DATA-1 ZERO-3 GUEST-2 COST-1',
      needs:  'copy job guest write-blocking requests gates host:sparse-files',
      source: 'raw qcow2'

def chunk = 64.KiB
def size = 20.MiB + 24.KiB + 512
def shapes = [                      // offset                bytes
    'inside a chunk':                [8.MiB + 512,           4.KiB],
    'begins on an edge':             [8.MiB,                 4.KiB],
    'ends on an edge':               [8.MiB + 60.KiB,        4.KiB],
    'across an edge':                [8.MiB + 62.KiB,        4.KiB],
    'across an edge, unaligned':     [8.MiB + chunk - 1000,  5000],
    'a chunk and a bit':             [8.MiB + 60.KiB,        chunk + 8.KiB],
    'in the partial last chunk':     [20.MiB + 1.KiB,        4.KiB],
    'the end of the last chunk':     [size - 512,            512],
]

cases zeroes: shapes.keySet() as List, then: ['nothing', 'zeroes', 'zeroes data'],
      'copy-mode': ['background', 'write-blocking'], phase: ['copying', 'ready'], { c ->
    // Before READY the job must go on beside the request that is held there.
    if (c.phase == 'copying') needs 'concurrent'
    if (c.phase == 'copying' && c.'copy-mode' == 'background') needs 'overlap'
    def (at, bytes) = shapes[c.zeroes]
    def source = sourceImage(size) {
        write 8.MiB, 2.MiB
        write 20.MiB, size - 20.MiB
        write 4.MiB, 1.MiB
    }
    def target = targetImage size
    def guest = guestOf(source)
    duringMirror source, target, 'copy-mode': c.'copy-mode', phase: c.phase, held: 4.MiB, { job ->
        job.settle()
        guest.writeZeroes at, bytes
        job.settle()
        if (c.then != 'nothing') {
            long begin = at.intdiv(chunk) * chunk
            long end = Math.min(size, (at + bytes + chunk - 1).intdiv(chunk) * chunk)
            guest.writeZeroes begin, end - begin
            job.settle()
            if (c.then == 'zeroes data') guest.write at, bytes, pattern: 0x33
        }
    }
    expectIdentical source, target, rule: 'ZERO-3'
    drop target
    drop source
}
