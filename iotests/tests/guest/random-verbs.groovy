// SPDX-License-Identifier: Apache-2.0
// Random verbs between random requests change neither the copy nor the life of a job.
//
// The job is paused, resumed, limited and changed to write-blocking while a guest writes, zeroes and
// discards; then it is completed, cancelled or given up.

about groups: 'rw auto guest random',
      rules:  'DATA-1 DATA-3 ZERO-1 ZERO-4 ALLOC-1 GUEST-2 GUEST-5 FLUSH-1 ' +
              'PROGRESS-1 LIVE-1 JOB-3 SAFE-1',
      needs:  'copy job guest requests host:sparse-files'

randomHistories 'verbs', count: 150
