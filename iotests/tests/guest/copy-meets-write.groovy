// SPDX-License-Identifier: Apache-2.0
// The copy waits where it meets a guest's write on its way to the target.
//
// The guest writes part of a dirty chunk, in write-blocking mode, and is held at the target. The
// copy of that chunk, with the guest's bytes from the source, must not overtake it: the source may
// be written again before the held bytes land on top (bug B11).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 READY-1 LIVE-1',
      needs:  'copy job guest write-blocking overlap requests gates'

cases at: [2.MiB, 2.MiB + 4.KiB, 3.MiB - 4.KiB], bytes: [4.KiB, 64.KiB], { c ->
    def source = sourceImage(4.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 4.MiB
    def guest = guestOf(source)
    // The only copy under way is held, so that the guest comes before the rest.
    def copy = hold target.writes(0, 64.KiB)
    def job = startMirror source, target, 'copy-mode': 'write-blocking', 'buf-size': 64.KiB
    copy.awaitCaught()
    def written = hold target.writes(c.at, c.bytes), times: 1
    def writing = guest.later { write c.at, c.bytes, pattern: 0x22 }
    written.awaitCaught()
    release copy
    job.awaitOffset 1.MiB
    expectStatus job, 'running', rule: 'READY-1'
    release written
    writing.await()
    job.awaitReady()
    job.complete()
    expectIdentical source, target
    drop target
    drop source
}
