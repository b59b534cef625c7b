// SPDX-License-Identifier: Apache-2.0
// Chunks smaller and larger than a cluster: data is copied, and nothing else that costs.
//
// Data lies in stripes of 4 KiB, in pairs of a full and an empty cluster, and at the very end. The
// status of the first byte of a chunk must not be taken for all of it (bug N09).

about groups: 'rw auto chain',
      rules:  'DATA-1 DATA-2 ZERO-1 ALLOC-1 CHAIN-2 COST-1 PROGRESS-1',
      needs:  'copy sync requests qcow2 host:sparse-files',
      source: 'raw qcow2'

cases 'cluster-size': [4.KiB, 64.KiB, 1.MiB], granularity: [4.KiB, 64.KiB, 1.MiB, 4.MiB],
      layout: ['stripes', 'clusters', 'end'], sync: ['full', 'top'],
      target: ['external', 'old-full'], { c ->
    def size = 6.MiB + 68.KiB
    def source = sourceImage(size, format: 'qcow2', 'cluster-size': c.'cluster-size') {
        if (c.layout == 'stripes') {
            (0L..<16L).each { write 1.MiB + it * 8.KiB, 4.KiB }
        } else if (c.layout == 'clusters') {
            (0L..<3L).each { write it * 2 * c.'cluster-size', c.'cluster-size' }
        } else {
            write size - 4.KiB, 4.KiB
        }
    }
    def target = targetImage size, creation: c.target
    mirror source, target, sync: c.sync, granularity: c.granularity
    expectOutcome source, target
    drop target
    drop source
}
