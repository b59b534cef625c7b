// SPDX-License-Identifier: Apache-2.0
// Every option of a copy, over a source with data in the middle.
//
// Only [8 MiB, 10 MiB) of the source is data; the rest is a hole. What differs between the cases is
// what the zeroes cost. In qcow2 a hole is an absent cluster, which counts for nothing: less is copied
// with sync=top, and the job is ready with less behind it.

about groups: 'rw auto matrix',
      rules:  'DATA-1 DATA-2 ZERO-1 ZERO-5 ZERO-6 ZERO-7 ZERO-8 PREZERO-1 PREZERO-2 ' +
              'ALLOC-1 ALLOC-2 COST-1 COST-2 PROGRESS-1',
      needs:  'copy sync write-blocking zero-options create requests ' +
              'host:sparse-files',
      source: 'raw qcow2'

def source = sourceImage(20.MiB, 'cache.no-flush': true) {
    write 8.MiB, 2.MiB, pattern: 0x5a
}

copyMatrix source
