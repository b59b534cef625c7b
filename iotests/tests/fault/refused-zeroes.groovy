// SPDX-License-Identifier: Apache-2.0
// A zero write that fails for good reason is an error, not a hint to write zeroes as data.
//
// A device that has no room or is broken must not be sent the same zeroes again as data, and
// success must not be claimed (bug B30).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 ERROR-2 ERROR-3',
      needs:  'copy job requests gates zero-options'

cases errno: ['EIO', 'ENOSPC'], discard: ['ignore', 'unmap'], { c ->
    def source = sourceImage 1.MiB
    def target = targetImage 1.MiB, creation: 'old-full', discard: c.discard,
                             'detect-zeroes': c.discard == 'unmap' ? 'unmap' : 'off'
    fail c.discard == 'unmap' ? target.writeZeroesUnmap(0, 1.MiB) : target.writeZeroes(0, 1.MiB),
         errno: c.errno
    startMirror(source, target).awaitEnd()
    expectRequests target, rule: 'ERROR-3', write: 0,
                   (c.discard == 'unmap' ? 'write-zeroes-unmap' : 'write-zeroes'): 1.MiB
    drop target
    drop source
}
