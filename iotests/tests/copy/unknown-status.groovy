// SPDX-License-Identifier: Apache-2.0
// A source that cannot tell where it is zero is copied right, and thin if the target looks for zeroes.
//
// Many drivers know no block status, and all they hold counts as data. With detect-zeroes=unmap the
// target finds the zero bytes itself and stays sparse; without, it is full, and right (bugs B28 and
// B50).

about groups: 'rw auto quick',
      rules:  'DATA-1 ZERO-8 STATUS-2 ALLOC-1',
      needs:  'copy job zero-options requests host:sparse-files'

[   // discard   detect-zeroes  allocation  rule
    ['unmap',    'unmap',       'sparse',   'ZERO-8'],
    ['ignore',   'on',          'full',     'ALLOC-1'],
    ['ignore',   'off',         'full',     'ZERO-8'],
].each { discard, detect, allocation, rule ->
    section "discard=$discard detect-zeroes=$detect"
    def source = sourceImage(16.MiB, 'block-status': false) {
        write 2.MiB, 1.MiB
        zeroes 8.MiB, 2.MiB
    }
    ['external', 'old-full'].each { creation ->
        def target = targetImage 16.MiB, creation: creation, discard: discard,
                                 'detect-zeroes': detect
        mirror source, target
        expectIdentical source, target, rule: 'STATUS-2'
        expectAllocation target, allocation, rule: rule
        drop target
    }
    drop source
}
