// SPDX-License-Identifier: Apache-2.0
// Every option of a copy, over an overlay that lies upon a qcow2 image.
//
// The base holds data in [2 MiB, 5 MiB). The overlay has zero clusters in [4 MiB, 8 MiB), which
// hide some of it, and data in [8 MiB, 10 MiB). With sync=top only what the overlay has is
// promised; with sync=full what either has.

about groups: 'rw auto matrix chain',
      rules:  'DATA-1 DATA-2 ZERO-1 ZERO-5 ZERO-6 ZERO-7 ZERO-8 PREZERO-1 PREZERO-2 ' +
              'ALLOC-1 ALLOC-2 CHAIN-2 COST-1 COST-2 PROGRESS-1',
      needs:  'copy sync write-blocking zero-options create requests qcow2 host:sparse-files',
      source: 'raw qcow2'

def base = baseImage(20.MiB, format: 'qcow2') {
    write 2.MiB, 3.MiB, pattern: 0xb5
}
def source = sourceImage(20.MiB, format: 'qcow2', backing: base, 'cache.no-flush': true) {
    unwritten 4.MiB, 4.MiB
    write 8.MiB, 2.MiB
}

copyMatrix source
