// SPDX-License-Identifier: Apache-2.0
// Every option of a copy, over a source of zero bytes that are allocated.
//
// The host calls them data, so they are copied as data, unless the target's detect-zeroes finds
// them. In qcow2 only the number of measured rows differs.

about groups: 'rw auto matrix',
      rules:  'DATA-1 DATA-2 ZERO-1 ZERO-5 ZERO-6 ZERO-7 ZERO-8 PREZERO-1 PREZERO-2 ' +
              'ALLOC-1 ALLOC-2 COST-1 COST-2 PROGRESS-1',
      needs:  'copy sync write-blocking zero-options create requests ' +
              'host:sparse-files',
      source: 'raw qcow2'

def source = sourceImage(20.MiB, 'cache.no-flush': true) {
    zeroes 0, 20.MiB
}

copyMatrix source
