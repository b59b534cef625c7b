// SPDX-License-Identifier: Apache-2.0
// What becomes of the clusters of a qcow2 target.
//
// Zeroes of the source over clusters that are absent leave them absent. Over clusters that are
// there they become zero clusters: with discard=ignore the cluster of the file is kept, with
// discard=unmap it is given up.

about groups: 'rw auto quick chain',
      rules:  'DATA-1 ZERO-1 ALLOC-1 ALLOC-2 CHAIN-1',
      needs:  'copy create zero-options qcow2 host:sparse-files',
      source: 'raw qcow2'

def source = sourceImage(20.MiB) {
    write 8.MiB, 2.MiB
}
def data = '[8 MiB, 10 MiB)'
def rest = '[0, 8 MiB) [10 MiB, 20 MiB)'

[   // creation    discard   detect-zeroes  zero clusters                   rule
    ['external',   'ignore', 'off',         [:],                            'ZERO-1'],
    ['off',        'unmap',  'off',         [:],                            'ZERO-1'],
    ['external',   'unmap',  'unmap',       [zero: rest],                   'CHAIN-1'],
    ['metadata',   'ignore', 'off',         ['zero-allocated': rest],       'ALLOC-1'],
    ['falloc',     'ignore', 'off',         ['zero-allocated': rest],       'ALLOC-1'],
    ['full',       'ignore', 'on',          ['zero-allocated': rest],       'ALLOC-1'],
    ['full',       'unmap',  'off',         [zero: rest],                   'ALLOC-2'],
    ['full',       'unmap',  'unmap',       [zero: rest],                   'ALLOC-2'],
    ['old-full',   'ignore', 'off',         ['zero-allocated': rest],       'ALLOC-1'],
    ['old-full',   'unmap',  'off',         [zero: rest],                   'ALLOC-2'],
    ['old-sparse', 'unmap',  'off',         [zero: rest],                   'ALLOC-2'],
].each { creation, discard, detect, zeroes, rule ->
    section "creation=$creation discard=$discard detect-zeroes=$detect"
    def target = targetImage 20.MiB, format: 'qcow2', creation: creation, discard: discard,
            'detect-zeroes': detect
    mirror source, target, sync: 'full'
    expectIdentical source, target
    expectClusters zeroes + [data: data, rule: rule], target
    drop target
}
