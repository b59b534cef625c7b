// SPDX-License-Identifier: Apache-2.0
// A plain copy to a target that is one hole sends data where the source has data, and nothing else.
//
// For implementations whose requests can be seen. A zero written over a hole may leave it a hole,
// and still is a request for nothing.

about groups: 'rw auto quick',
      rules:  'DATA-1 ZERO-1 COST-1 LIVE-1',
      needs:  'copy sparse requests host:sparse-files',
      source: 'raw qcow2'

[   // layout   rule      data
    ['middle',  'ZERO-1', 512.KiB],
    ['hole',    'ZERO-1', 0],
    ['full',    'COST-1', 4.MiB],
].each { layout, rule, data ->
    section layout
    def source = sourceImage(4.MiB) {
        if (layout == 'middle') write 1.MiB, data
        if (layout == 'full') write 0, data
    }
    def target = targetImage 4.MiB
    mirror source, target
    expectIdentical source, target
    expectRequests target, rule: rule, write: data
    drop target
    drop source
}
