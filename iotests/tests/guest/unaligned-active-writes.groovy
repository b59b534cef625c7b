// SPDX-License-Identifier: Apache-2.0
// A guest write that covers part of a dirty chunk leaves the rest of it to be copied.
//
// The first copy is held, and with a buffer of one chunk no other begins, so that every chunk the
// guest writes is still to be copied. Were what it clears rounded outwards, the rest of those
// chunks would be lost (bug B07).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-6 GUEST-2',
      needs:  'copy job guest write-blocking requests gates',
      source: 'raw qcow2'

def chunk = 64.KiB
def shapes = [
    'inside a chunk':         [4.MiB + 8.KiB,        512],
    'begins on an edge':      [4.MiB,                512],
    'ends on an edge':        [4.MiB + chunk - 512,  512],
    'across an edge':         [4.MiB + chunk - 512,  1024],
    'unaligned':              [4.MiB + 10,           100],
    'a chunk':                [4.MiB,                chunk],
    'a chunk and two halves': [4.MiB + 32.KiB,       2 * chunk],
]

cases write: shapes.keySet() as List, request: ['write', 'writeZeroes'], { c ->
    def (at, bytes) = shapes[c.write]
    def source = sourceImage(8.MiB) {
        write 0, 8.MiB
    }
    def target = targetImage 8.MiB
    def guest = guestOf(source)
    def first = hold(target.writes(0, chunk))
    def job = startMirror source, target, 'copy-mode': 'write-blocking', 'buf-size': chunk
    first.awaitCaught()
    if (c.request == 'write') {
        guest.write at, bytes, pattern: 0x11
    } else {
        guest.writeZeroes at, bytes
    }
    release first
    job.awaitReady()
    job.complete()
    expectIdentical source, target, rule: 'DATA-6'
    drop target
    drop source
}
