// SPDX-License-Identifier: Apache-2.0
// Random zeroes and data of a guest leave the target equal and as thin as it may be.
//
// Zeroes with and without leave to unmap, zero bytes, discards and data over each other. A target that
// was one hole may have allocated only what held data at some time; one that was not keeps what it
// had, unless it may be unmapped.

about groups: 'rw auto guest random',
      rules:  'DATA-1 DATA-3 ZERO-1 ZERO-4 ALLOC-1 GUEST-2 GUEST-5 FLUSH-1 ' +
              'PROGRESS-1 LIVE-1 JOB-3 SAFE-1',
      needs:  'copy job guest requests host:sparse-files'

randomHistories 'zeroes', count: 150
