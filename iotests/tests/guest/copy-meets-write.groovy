// SPDX-License-Identifier: Apache-2.0
// The copy waits where it meets a guest's write on its way to the target.
//
// The guest writes part of a dirty chunk, in write-blocking mode, and is held at the target. The
// copy goes on around it, up to the last chunk, and must leave that chunk alone: whatever of the
// two is written last would win, and the source may have changed again (bugs B11 and B31).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 ORDER-1 LIVE-1',
      needs:  'copy job guest write-blocking overlap requests gates'

def chunk = 64.KiB

cases at: [2.MiB, 2.MiB + 4.KiB, 3.MiB - 4.KiB], bytes: [4.KiB, 64.KiB], { c ->
    def source = sourceImage(4.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 4.MiB
    def guest = guestOf(source)
    // The only copy under way is held, so that the guest comes before the rest.
    def first = hold target.writes(0, chunk)
    def job = startMirror source, target, 'copy-mode': 'write-blocking', 'buf-size': chunk
    first.awaitCaught()
    def written = hold target.writes(c.at, c.bytes), times: 1
    def writing = guest.later { write c.at, c.bytes, pattern: 0x22 }
    written.awaitCaught()
    forgetRequests target
    def last = hold target.writes(4.MiB - chunk, chunk)
    release first
    last.awaitCaught()
    long touched = (c.at + c.bytes - 1).intdiv(chunk) - c.at.intdiv(chunk) + 1
    expectRequests target, rule: 'ORDER-1', write: 4.MiB - chunk - touched * chunk
    release written
    writing.await()
    release last
    job.awaitReady()
    job.complete()
    expectIdentical source, target
    drop target
    drop source
}
