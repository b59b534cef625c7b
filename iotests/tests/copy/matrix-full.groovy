// SPDX-License-Identifier: Apache-2.0
// Every option of a copy, over a source that is all data.
//
// Everything has to be copied, once; what the target held, and what it may do with zeroes, must not
// matter. In qcow2 only the number of measured rows differs.

about groups: 'rw auto matrix',
      rules:  'DATA-1 DATA-2 ZERO-1 ZERO-5 ZERO-6 ZERO-7 ZERO-8 PREZERO-1 PREZERO-2 ' +
              'ALLOC-1 ALLOC-2 COST-1 COST-2 PROGRESS-1',
      needs:  'copy sync write-blocking zero-options create requests ' +
              'host:sparse-files',
      source: 'raw qcow2'

def source = sourceImage(20.MiB, 'cache.no-flush': true) {
    write 0, 20.MiB, pattern: 0x5a
}

copyMatrix source
