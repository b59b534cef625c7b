// SPDX-License-Identifier: Apache-2.0
// A plain copy to a target that is one hole leaves a hole wherever the source has one.
//
// For implementations that claim to be sparse; one that fills holes is wasteful, but right. How
// exactly holes are kept is left open: a fifth of the image may be allocated.

about groups: 'rw auto quick',
      rules:  'DATA-1 ZERO-1 LIVE-1',
      needs:  'copy sparse host:sparse-files',
      source: 'raw qcow2',
      target: 'raw qcow2'

['middle', 'hole', 'ends'].each { layout ->
    section layout
    def source = sourceImage(4.MiB) {
        if (layout == 'middle') write 1.MiB, 512.KiB
        if (layout == 'ends') { write 0, 4.KiB; write 4.MiB - 4.KiB, 4.KiB }
    }
    def target = targetImage 4.MiB
    mirror source, target
    expectIdentical source, target
    expectAllocation target, 'sparse'
    drop target
    drop source
}
