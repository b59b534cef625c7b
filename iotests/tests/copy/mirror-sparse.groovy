// SPDX-License-Identifier: Apache-2.0
// A mirror of a sparse source leaves its target sparse.
//
// The source is 20 MiB and holds data only in [8 MiB, 10 MiB). The one target that may end full is
// preallocated and opened with discard=ignore: nobody asked the job to give that allocation up.

about groups: 'rw auto quick',
      rules:  'DATA-1 ZERO-1 ALLOC-1',
      needs:  'copy create zero-options host:sparse-files',
      source: 'raw qcow2',
      target: 'raw qcow2'

def source = sourceImage(20.MiB) {
    write 8.MiB, 2.MiB, pattern: 0x5a
}

[   // creation  discard   detect-zeroes  allocation
    ['external', 'ignore', 'off',         'sparse'],
    ['external', 'unmap',  'off',         'sparse'],
    ['external', 'unmap',  'unmap',       'sparse'],
    ['off',      'ignore', 'off',         'sparse'],
    ['off',      'unmap',  'off',         'sparse'],
    ['off',      'unmap',  'unmap',       'sparse'],
    ['full',     'ignore', 'off',         'full'],
    ['full',     'unmap',  'off',         'sparse'],
    ['full',     'unmap',  'unmap',       'sparse'],
].each { creation, discard, zeroes, allocation ->
    section "creation=$creation discard=$discard detect-zeroes=$zeroes"
    def target = targetImage 20.MiB, creation: creation, discard: discard, 'detect-zeroes': zeroes
    mirror source, target, sync: 'full'
    expectIdentical source, target
    expectAllocation target, allocation
    drop target
}
