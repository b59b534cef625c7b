// SPDX-License-Identifier: Apache-2.0
// A target that fails a guest's write is the job's affair, never the guest's.
//
// In write-blocking mode the guest's write succeeds although the target refused it; the job
// reports, stops or tries again, as its policy says, and what is completed is whole (bug N12).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3 GUEST-2 GUEST-4 ERROR-1 ERROR-3',
      needs:  'copy job guest write-blocking requests gates'

cases policy: ['report', 'stop', 'ignore', 'enospc'], errno: ['EIO', 'ENOSPC'],
      request: ['write', 'writeZeroes'], { c ->
    def source = sourceImage(4.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 4.MiB
    def guest = guestOf(source)
    def job = startMirror(source, target, 'copy-mode': 'write-blocking',
                          'on-target-error': c.policy).awaitReady()
    String action = c.policy != 'enospc' ? c.policy : c.errno == 'ENOSPC' ? 'stop' : 'report'
    if (c.request == 'write') {
        fail target.writes(1.MiB, 4.KiB), errno: c.errno
        guest.write 1.MiB, 4.KiB, pattern: 0x22
    } else {
        fail target.writeZeroes(1.MiB, 4.KiB), errno: c.errno
        guest.writeZeroes 1.MiB, 4.KiB
    }
    guest.expectRead 0, 4.MiB
    if (action == 'report') {
        job.awaitEnd expect: 'failed', rule: 'ERROR-3'
    } else {
        if (action == 'stop') job.awaitStatus('standby').resume().awaitStatus 'ready'
        job.complete()
        expectIdentical source, target
    }
    expectEvents job, "BLOCK_JOB_ERROR action=$action operation=write"
    drop target
    drop source
}
