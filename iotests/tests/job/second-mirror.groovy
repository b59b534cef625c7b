// SPDX-License-Identifier: Apache-2.0
// A mirror knows nothing of the one before it: not its zeroes, not its dirty chunks.
//
// The first target is vouched for, or found zero, and the job is given up or ends. The second
// target is full of old data and nobody vouches for it; whatever was remembered of the first would
// leave old data there (bugs N19, N21).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3',
      needs:  'copy job guest requests gates'

cases vouched: [null, true], first: ['soft cancel', 'force'], same: [false, true], { c ->
    if (c.vouched) needs 'target-is-zero'
    def source = sourceImage(4.MiB) {
        write 1.MiB, 1.MiB
    }
    def target = targetImage 4.MiB
    def guest = guestOf(source)
    def job = startMirror(source, target, 'target-is-zero': c.vouched).awaitReady()
    job.cancel force: c.first == 'force'
    guest.write 3.MiB, 64.KiB, pattern: 0x22
    if (c.same) {
        def user = guestOf(target)
        user.write 0, 4.MiB, pattern: 0x77
        user.leave()
    } else {
        drop target
        target = targetImage 4.MiB, creation: 'old-full'
    }
    mirror source, target
    expectIdentical source, target
    drop target
    drop source
}
