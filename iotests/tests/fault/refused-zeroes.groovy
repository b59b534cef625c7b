// SPDX-License-Identifier: Apache-2.0
// A zero write that fails for good reason is an error, not a hint to write zeroes as data.
//
// A device that has no room or is broken must not be sent the same zeroes again as data, and
// success must not be claimed (bug B30).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 ERROR-2 ERROR-3',
      needs:  'copy job requests gates zero-options'

cases errno: ['EIO', 'ENOSPC'], { c ->
    def source = sourceImage 1.MiB
    def target = targetImage 1.MiB, creation: 'old-full', discard: 'unmap',
                             'detect-zeroes': 'unmap'
    fail target.writeZeroesUnmap(0, 1.MiB), errno: c.errno
    startMirror(source, target).awaitEnd expect: 'failed', rule: 'ERROR-3'
    expectRequests target, rule: 'ERROR-3', 'write-zeroes-unmap': 1.MiB
    drop target
    drop source
}
