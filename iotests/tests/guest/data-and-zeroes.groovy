// SPDX-License-Identifier: Apache-2.0
// A chunk is written, zeroed and written again while the mirror runs, and the target follows.
//
// What the target held at the start says nothing about what it holds now. A chunk that was known to
// be zero gets data, from the guest or by the copy; the zeroes that come after must reach it, and
// the data after those too.

about groups: 'rw auto guest',
      rules:  'DATA-1 ZERO-2 ZERO-4 ALLOC-1 COST-1',
      needs:  'copy job guest write-blocking requests gates host:sparse-files',
      source: 'raw qcow2'

def chunk = 64.KiB
def history = [
    data:   { guest, at -> guest.write at, chunk, pattern: 0x11 },
    again:  { guest, at -> guest.write at, chunk, pattern: 0x22 },
    zeroes: { guest, at -> guest.writeZeroes at, chunk },
    bytes:  { guest, at -> guest.writeZeroBytes at, chunk },
]
// Where the target's chunk is zero at first, and where it gets the source's data.
def places = [hole: 1.MiB, copied: 8.MiB]

cases history: ['data zeroes', 'data bytes', 'zeroes data zeroes', 'data zeroes again',
                'data zeroes again zeroes'],
      place: ['hole', 'copied'], 'copy-mode': ['background', 'write-blocking'],
      phase: ['copying', 'ready'], 'target-is-zero': [null, true], { c ->
    // Before READY the job must go on beside the request that is held there.
    if (c.phase == 'copying') needs 'concurrent'
    if (c.phase == 'copying' && c.'copy-mode' == 'background') needs 'overlap'
    if (c.'target-is-zero' != null) needs 'target-is-zero'
    def source = sourceImage(20.MiB) {
        write 8.MiB, 2.MiB
    }
    def target = targetImage 20.MiB
    def guest = guestOf(source)
    duringMirror source, target, 'copy-mode': c.'copy-mode', phase: c.phase,
                 'target-is-zero': c.'target-is-zero', { job ->
        job.settle()
        forgetRequests target
        c.history.split(' ').each {
            history[it](guest, places[c.place])
            // Some hosts call zeroes data until the data before them is on the disk.
            if (it != 'zeroes') guest.flush()
            job.settle()
        }
        boolean dataLast = c.place == 'copied'
        long writes = 0, zeroes = 0
        c.history.split(' ').each {
            if (it == 'zeroes' && dataLast) zeroes += chunk
            if (it != 'zeroes') writes += chunk
            dataLast = it != 'zeroes'
        }
        expectRequests target, write: writes, 'write-zeroes': zeroes
    }
    expectIdentical source, target, rule: 'ZERO-2'
    drop target
    drop source
}
