// SPDX-License-Identifier: Apache-2.0
// Random data of a guest reaches the target.
//
// Data of every shape, over each other and over what is being copied, at the edges of chunks and at
// the tail, before, during and after the mirror. Content, allocation, counters, flushes and events
// are judged after each history. iotests/check --seed S --histories N plays N, the first of seed S.

about groups: 'rw auto guest random',
      rules:  'DATA-1 DATA-3 ZERO-1 ALLOC-1 GUEST-2 GUEST-5 FLUSH-1 ' +
              'PROGRESS-1 LIVE-1 JOB-3 SAFE-1',
      needs:  'copy job guest requests host:sparse-files'

randomHistories 'writes', count: 150
