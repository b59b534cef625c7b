// SPDX-License-Identifier: Apache-2.0
// The target is zeroed as a whole first only where that pays, and then no zero is written again.
//
// That is with sync=full, on a target that may unmap and is not known to be zero; not where
// detect-zeroes=unmap will punch every hole by itself, not where the user vouches for the target,
// and not for sync=top, which promises less.

about groups: 'rw auto quick',
      rules:  'DATA-1 PREZERO-1 PREZERO-2 ZERO-1 ZERO-7 ALLOC-1',
      needs:  'copy create sync zero-options requests host:sparse-files'

def source = sourceImage(20.MiB) {
    write 8.MiB, 2.MiB
}
def data = 2.MiB
def rest = 18.MiB

[   // creation  discard   detect-zeroes  sync    vouched, rule      zeroes that reach the target
    ['full',     'unmap',  'off',         'full', null, 'PREZERO-2', 'write-zeroes-unmap', 20.MiB],
    ['old-full', 'unmap',  'on',          'full', null, 'PREZERO-2', 'write-zeroes-unmap', 20.MiB],
    ['full',     'unmap',  'unmap',       'full', null, 'ZERO-7',    'write-zeroes-unmap', rest],
    ['full',     'unmap',  'off',         'top',  null, 'PREZERO-1', 'write-zeroes-unmap', rest],
    ['full',     'ignore', 'off',         'full', null, 'PREZERO-1', 'write-zeroes',       rest],
    ['external', 'unmap',  'off',         'full', null, 'ZERO-1',    'write-zeroes-unmap', 0],
    ['full',     'unmap',  'off',         'full', true, 'ZERO-1',    'write-zeroes-unmap', 0],
].each { creation, discard, detect, sync, vouched, rule, kind, zeroes ->
    section "creation=$creation discard=$discard detect-zeroes=$detect sync=$sync" +
            (vouched ? ' target-is-zero=true' : '')
    if (vouched) needs 'target-is-zero'
    def target = targetImage 20.MiB, creation: creation, discard: discard, 'detect-zeroes': detect
    mirror source, target, sync: sync, 'target-is-zero': vouched
    expectIdentical source, target
    expectRequests target, rule: rule, write: data, (kind): zeroes
    drop target
}
