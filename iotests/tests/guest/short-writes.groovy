// SPDX-License-Identifier: Apache-2.0
// A little data makes a whole chunk no longer known to be zero.
//
// The guest writes less than a chunk where the target is zero, and then zeroes the chunks it
// touched. Were only chunks that the data covers wholly forgotten, the zeroes would be skipped and
// the data would stay (bug N01).

about groups: 'rw auto guest',
      rules:  'DATA-1 ZERO-2',
      needs:  'copy job guest write-blocking requests gates host:sparse-files',
      source: 'raw qcow2'

def chunk = 64.KiB
def shapes = [
    'inside a chunk':            [1.MiB + 8.KiB,         512],
    'begins on an edge':         [1.MiB,                 512],
    'ends on an edge':           [1.MiB + chunk - 512,   512],
    'across an edge':            [1.MiB + chunk - 512,   1024],
    'unaligned':                 [1.MiB + 10,            100],
    'three chunks, none wholly': [1.MiB + 512,           2 * chunk],
]

cases data: shapes.keySet() as List, zeroes: ['the chunks', 'the data'],
      'copy-mode': ['background', 'write-blocking'], phase: ['copying', 'ready'], { c ->
    // Before READY the job must go on beside the request that is held there.
    if (c.phase == 'copying') needs 'concurrent'
    if (c.phase == 'copying' && c.'copy-mode' == 'background') needs 'overlap'
    def (at, bytes) = shapes[c.data]
    def source = sourceImage(20.MiB) {
        write 8.MiB, 2.MiB
    }
    def target = targetImage 20.MiB
    def guest = guestOf(source)
    duringMirror source, target, 'copy-mode': c.'copy-mode', phase: c.phase, { job ->
        job.settle()
        guest.write at, bytes
        job.settle()
        long begin = at.intdiv(chunk) * chunk
        long end = (at + bytes + chunk - 1).intdiv(chunk) * chunk
        if (c.zeroes == 'the chunks') {
            guest.writeZeroes begin, end - begin
        } else {
            guest.writeZeroes at, bytes
        }
    }
    expectIdentical source, target, rule: 'ZERO-2'
    drop target
    drop source
}
