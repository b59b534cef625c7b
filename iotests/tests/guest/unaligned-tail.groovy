// SPDX-License-Identifier: Apache-2.0
// Guest requests in a partial last chunk reach the target, to the last sector.
//
// In background mode the chunk is copied as data, zero or not: nothing shorter than a chunk is ever
// known to be zero. In write-blocking mode the target gets exactly what the guest sent.

about groups: 'rw auto quick guest',
      rules:  'DATA-1 ZERO-4 COST-1 GUEST-2 PROGRESS-2',
      needs:  'copy job guest write-blocking zero-options requests gates host:sparse-files'

def size = 20.MiB + 24.KiB + 512
def tail = 20.MiB
def requests = [          // offset         bytes
    'write last 512':      [size - 512,     512],
    'write last 2M':       [size - 2.MiB,   2.MiB],
    'zero last 512':       [size - 512,     512],
    'zero last chunk':     [tail,           size - tail],
    'zero last 2M':        [size - 2.MiB,   2.MiB],
]

cases request: requests.keySet() as List, 'copy-mode': ['background', 'write-blocking'],
      phase: ['copying', 'ready'], discard: ['ignore', 'unmap'], { c ->
    // Before READY the job must go on beside the request that is held there.
    if (c.phase == 'copying') needs 'concurrent'
    if (c.phase == 'copying' && c.'copy-mode' == 'background') needs 'overlap'
    def (at, bytes) = requests[c.request]
    boolean zero = c.request.startsWith('zero')
    def source = sourceImage(size) {
        write 8.MiB, 2.MiB
    }
    def target = targetImage size, discard: c.discard
    def guest = guestOf(source)
    def job = duringMirror(source, target, 'copy-mode': c.'copy-mode', phase: c.phase) { job ->
        job.settle()
        forgetRequests target
        def before = job.progress
        if (zero) {
            guest.writeZeroes at, bytes
        } else {
            guest.write at, bytes
        }
        job.settle()
        long touched = size - at.intdiv(64.KiB) * 64.KiB
        long added = c.'copy-mode' == 'background' ? touched : bytes
        expectProgress job, rule: 'PROGRESS-2', len: before.len() + added,
                       offset: before.offset() + added
        if (c.'copy-mode' == 'background') {
            // Whole chunks of zeroes were zero on the target already.
            expectRequests target, write: zero ? size - tail : touched
        } else {
            expectRequests target, (zero ? 'write-zeroes' : 'write'): bytes
        }
    }
    expectIdentical source, target
    drop target
    drop source
}
