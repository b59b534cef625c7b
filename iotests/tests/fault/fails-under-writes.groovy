// SPDX-License-Identifier: Apache-2.0
// A job that fails while a guest writes leaves nothing behind that the writes still use.
//
// In write-blocking mode guests write to both ends without a pause when the source, or the target,
// fails a request of the job; the job ends, the guests notice nothing, and the implementation lives.
// Which write the end meets is for chance to say, so it is tried many times (bug B55).

about groups: 'rw auto quick guest',
      rules:  'DATA-3 GUEST-2 SAFE-1 ERROR-1',
      needs:  'copy job guest write-blocking requests gates'

cases fails: ['source read', 'target write'], turn: 1..15, { c ->
    def source = sourceImage(2.MiB) {
        write 0, 1.MiB
    }
    def target = targetImage 2.MiB
    def guest = guestOf(source)
    def other = guestOf(source)
    fail c.fails == 'source read' ? source.reads(512.KiB, 64.KiB) : target.writes(512.KiB, 64.KiB)
    def job = startMirror source, target, 'copy-mode': 'write-blocking', 'buf-size': 64.KiB
    def beside = other.later { 100.times { write 1.MiB + 512.KiB, 4.KiB, pattern: 0x33 } }
    100.times { guest.write 1.MiB, 4.KiB, pattern: 0x22 }
    beside.await()
    job.awaitEnd expect: 'failed', rule: 'ERROR-1'
    guest.expectRead 0, 2.MiB
    drop target
    drop source
}
