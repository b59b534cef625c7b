// SPDX-License-Identifier: Apache-2.0
// Three layers of different lengths: each byte is copied as the first layer that has it says.
//
// The area behind the end of a short layer reads as zero because that layer ends there: what lies
// deeper must not show (bug B26). A top that is longer than all below it ends in zeroes, one that
// is shorter cuts them off.

about groups: 'rw auto quick chain',
      rules:  'DATA-1 DATA-2 ZERO-1 ALLOC-1 ALLOC-2 PREZERO-1 PREZERO-2 CHAIN-2 CHAIN-3 COST-1 ' +
              'PROGRESS-1',
      needs:  'copy sync zero-options requests qcow2 host:sparse-files',
      source: 'raw qcow2'

def lengths = [           // base     middle   top
    'all the same':         [8.MiB,   8.MiB,   8.MiB],
    'short middle':         [8.MiB,   4.MiB,   8.MiB],
    'uneven middle':        [8.MiB,   4.MiB - 4.KiB - 512, 8.MiB],
    'short base':           [3.MiB,   8.MiB,   8.MiB],
    'long top':             [4.MiB,   4.MiB,   8.MiB],
    'short top':            [8.MiB,   8.MiB,   3.MiB],
]

cases lengths: lengths.keySet() as List, base: ['raw', 'qcow2'], sync: ['full', 'top'],
      target: ['external', 'old-full'], { c ->
    def (baseSize, middleSize, topSize) = lengths[c.lengths]
    def base = baseImage(baseSize, format: c.base) {
        write 0, baseSize, pattern: 0xb5
    }
    def middle = baseImage(middleSize, name: 'middle', format: 'qcow2', backing: base) {
        write 1.MiB, 1.MiB, pattern: 0x33
        unwritten 2.MiB, 1.MiB
    }
    def source = sourceImage(topSize, format: 'qcow2', backing: middle) {
        write 512.KiB, 1.MiB
    }
    def target = targetImage topSize, creation: c.target
    mirror source, target, sync: c.sync
    expectOutcome source, target
    [target, source, middle, base].each { drop it }
}
