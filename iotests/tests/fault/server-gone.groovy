// SPDX-License-Identifier: Apache-2.0
// An NBD server that dies under the target ends the job, or stops it, and the guest goes on.
//
// It dies with a copy in flight, or under a mirror that is ready. Nothing of the target answers any
// more: the job must not wait for it, and can always be cancelled (bugs B14 and B15).

about groups: 'rw auto quick guest',
      rules:  'DATA-3 LIVE-2 ERROR-3',
      needs:  'copy job guest write-blocking requests gates'

cases phase: ['copying', 'ready'], policy: ['report', 'stop'],
      'copy-mode': ['background', 'write-blocking'], { c ->
    def source = sourceImage(4.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 4.MiB, 'own-server': true
    def guest = guestOf(source)
    def copy = c.phase == 'copying' ? hold(target.writes(0, 4.MiB)) : null
    def job = startMirror source, target, 'copy-mode': c.'copy-mode', 'on-target-error': c.policy
    if (copy) {
        copy.awaitCaught()
    } else {
        job.awaitReady()
    }
    killServer target
    if (!copy) guest.write 1.MiB, 64.KiB, pattern: 0x22
    if (c.policy == 'stop') {
        job.awaitStatus(copy ? 'paused' : 'standby')
        job.askCancel force: true
    }
    job.awaitEnd expect: c.policy == 'stop' ? 'cancelled' : 'failed', rule: 'LIVE-2'
    guest.write 2.MiB, 64.KiB, pattern: 0x33
    guest.expectRead 0, 4.MiB
    drop target
    drop source
}
