// SPDX-License-Identifier: Apache-2.0
// A guest write that is in flight while the mirror starts reaches the target.
//
// The write is held on its way to the source, begun before the mirror or just after; the job looks
// at the source meanwhile and finds a hole. Were the write not remembered when it ends, it would be
// lost (bug B05).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-5',
      needs:  'copy job guest write-blocking requests gates host:sparse-files'

cases begun: ['before the mirror', 'after its start'], request: ['write', 'short write'],
      'copy-mode': ['background', 'write-blocking'], { c ->
    def source = sourceImage(20.MiB) {
        write 8.MiB, 2.MiB
    }
    def target = targetImage 20.MiB
    def guest = guestOf(source)
    long bytes = c.request == 'write' ? 64.KiB : 512
    def held = hold(source.writes(1.MiB, 64.KiB))
    def writing, job, starting
    if (c.begun == 'before the mirror') {
        writing = guest.later { write 1.MiB, bytes }
        held.awaitCaught()
        // The start may wait for the guest, so it must not be waited for.
        starting = later { job = startMirror source, target, 'copy-mode': c.'copy-mode' }
    } else {
        def last = hold(target.writes(9.MiB, 64.KiB))
        job = startMirror source, target, 'copy-mode': c.'copy-mode'
        last.awaitCaught()
        writing = guest.later { write 1.MiB, bytes }
        held.awaitCaught()
        release last
    }
    release held
    writing.await()
    starting?.await()
    job.awaitReady()
    job.complete()
    expectIdentical source, target, rule: 'DATA-5'
    drop target
    drop source
}
