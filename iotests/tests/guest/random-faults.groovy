// SPDX-License-Identifier: Apache-2.0
// Random requests that are held or fail lose nothing.
//
// Requests of the job at source and target are held while the guest goes on, beside it where it would
// have to wait, or fail a few times. Errors that are ignored are tried again; errors that are reported
// fail the job, and the guest does not notice.

about groups: 'rw auto guest random',
      rules:  'DATA-1 DATA-3 ZERO-1 ZERO-4 ALLOC-1 GUEST-2 GUEST-5 FLUSH-1 ' +
              'PROGRESS-1 LIVE-1 JOB-3 SAFE-1 ERROR-1',
      needs:  'copy job guest requests gates host:sparse-files'

randomHistories 'faults', count: 150
