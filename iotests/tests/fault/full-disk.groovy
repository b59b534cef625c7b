// SPDX-License-Identifier: Apache-2.0
// A target whose file system is really full stops the job, and with more room the copy is whole.
//
// The target's file lies on a file system that is half as large as its data. The host itself says
// that there is no room; then the file system grows and the job goes on. Only root can have such a
// file system, so that others skip this; fault/no-room tells the same with made-up errors.

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3 ERROR-1 ERROR-2 ERROR-3',
      needs:  'copy job guest requests'

cases policy: ['enospc', 'stop', 'report'], { c ->
    def disk = smallDisk 4.MiB
    def source = sourceImage(8.MiB) {
        write 0, 8.MiB
    }
    def target = targetImage 8.MiB, disk: disk
    def guest = guestOf(source)
    def job = startMirror source, target, 'on-target-error': c.policy
    if (c.policy == 'report') {
        job.awaitEnd expect: 'failed', rule: 'ERROR-3'
    } else {
        job.awaitStatus 'paused'
        expectQuery job, 'io-status': 'nospace', rule: 'ERROR-1'
        guest.write 1.MiB, 64.KiB, pattern: 0x22
        disk.resize 16.MiB
        job.resume()
        job.awaitReady()
        job.complete()
        expectIdentical source, target, rule: 'ERROR-3'
    }
    guest.expectRead 0, 8.MiB
    drop target
    drop source
}
