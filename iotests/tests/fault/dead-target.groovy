// SPDX-License-Identifier: Apache-2.0
// A job whose target fails for good can always be ended.
//
// Ready, with a chunk that cannot be written, it is cancelled. Were a soft cancel to go on trying,
// nobody could end it and its errors would flood the monitor (bug B15).

about groups: 'rw auto quick guest',
      rules:  'DATA-3 LIVE-2 ERROR-1',
      needs:  'copy job guest requests gates'

cases policy: ['report', 'stop'], 'copy-mode': ['background', 'write-blocking'], { c ->
    if (c.'copy-mode' == 'write-blocking') needs 'write-blocking'
    def source = sourceImage(1.MiB) {
        write 0, 1.MiB
    }
    def target = targetImage 1.MiB
    def guest = guestOf(source)
    def job = startMirror(source, target, 'copy-mode': c.'copy-mode',
                          'on-target-error': c.policy).awaitReady()
    fail target.writes(0, 1.MiB), times: 1000000
    guest.write 0, 512, pattern: 0x22
    if (c.policy == 'stop') {
        job.awaitStatus 'standby'
        job.resume()
        if (c.'copy-mode' == 'write-blocking') job.awaitStatus 'standby'
        job.askCancel force: true
    }
    job.awaitEnd expect: c.policy == 'report' ? 'failed' : 'cancelled', rule: 'LIVE-2', errors: 4
    expectEvents job, "BLOCK_JOB_ERROR action=$c.policy operation=write", min: 1, max: 4,
                 rule: 'LIVE-2'
    guest.write 512.KiB, 512, pattern: 0x22
    guest.expectRead 0, 1.MiB
    drop target
    drop source
}
