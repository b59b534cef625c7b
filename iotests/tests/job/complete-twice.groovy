// SPDX-License-Identifier: Apache-2.0
// Completing twice, or completing and cancelling, ends the job once.
//
// The target's flush is held, so that the first completion is under way when the second comes. Set
// up twice, what a completion needs would end the whole implementation (bug B37).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3 SAFE-1 LIVE-1',
      needs:  'copy job guest requests gates'

cases then: ['complete', 'complete complete', 'cancel', 'force'], replaces: [null, 'source'], { c ->
    def source = sourceImage(4.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 4.MiB
    def guest = guestOf(source)
    def job = startMirror(source, target, replaces: c.replaces).awaitReady()
    def flush = hold target.flushes
    job.askComplete()
    flush.awaitCaught()
    c.then.split(' ').each {
        if (it == 'complete') job.askComplete()
        if (it == 'cancel') job.askCancel()
        if (it == 'force') job.askCancel force: true
    }
    release flush
    job.awaitEnd()
    if (c.then != 'force') expectIdentical source, target
    guest.write 1.MiB, 512, pattern: 0x22
    guest.expectRead 0, 4.MiB
    drop target
    drop source
}
