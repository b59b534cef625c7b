// SPDX-License-Identifier: Apache-2.0
// A target that is full stops the job until there is room, or fails it, as the policy says.
//
// Half of the target cannot be written. What was refused is not done: with room the copy goes on
// where it was refused, and is whole.

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3 ERROR-1 ERROR-2 ERROR-3',
      needs:  'copy job guest requests gates'

cases policy: ['enospc', 'stop', 'report'], phase: ['copying', 'ready'], { c ->
    def source = sourceImage(4.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 4.MiB
    def guest = guestOf(source)
    def full = c.phase == 'copying' ? noRoom(target) : null
    def job = startMirror source, target, 'on-target-error': c.policy
    if (c.phase == 'ready') {
        job.awaitReady()
        full = noRoom(target)
        guest.write 3.MiB, 64.KiB, pattern: 0x22
    }
    if (c.policy == 'report') {
        job.awaitEnd expect: 'failed', rule: 'ERROR-3'
    } else {
        job.awaitStatus(c.phase == 'copying' ? 'paused' : 'standby')
        expectQuery job, 'io-status': 'nospace', rule: 'ERROR-1'
        release full
        job.resume()
        if (c.phase == 'copying') {
            job.awaitReady()
        } else {
            job.awaitStatus 'ready'
        }
        job.complete()
        expectIdentical source, target, rule: 'ERROR-3'
    }
    guest.expectRead 0, 4.MiB
    drop target
    drop source
}

def noRoom(target) {
    fail target.writes(2.MiB, 2.MiB), errno: 'ENOSPC', times: 1000000
}
