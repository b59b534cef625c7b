// SPDX-License-Identifier: Apache-2.0
// Images of different size are told apart before anything is copied.
//
// By one sector or by far, larger or smaller, also where both round to the same number of chunks: a
// longer target would end in old data, a shorter one in an error after a long copy (bug B17).

about groups: 'rw auto quick',
      rules:  'ARGS-3 DATA-2',
      needs:  'copy job requests'

cases size: [4.MiB, 4.MiB + 512],
      target: [512, 4.KiB, 32.KiB, 64.KiB, 4.MiB, -512, -32.KiB, -64.KiB], { c ->
    def source = sourceImage(c.size) {
        write 0, c.size
    }
    def target = targetImage c.size + c.target, creation: 'old-full'
    mirror source, target, expect: 'failed'
    expectUnchanged target
    expectRequests target, rule: 'ARGS-3'
    drop target
    drop source
}
