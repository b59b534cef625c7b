// SPDX-License-Identifier: Apache-2.0
// A paused mirror with work to do holds up nobody else.
//
// While it is paused other nodes come and go, with guests of their own, and another guest comes to
// the source itself. A job that pauses with something in its hands that they need would stop them
// all (bug B13).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3 LIVE-1',
      needs:  'copy job guest requests gates'

def source = sourceImage(4.MiB) {
    write 0, 4.MiB
}

[[false, 'paused'], [true, 'standby']].each { ready, quiet ->
    section quiet
    def target = targetImage 4.MiB
    def guest = guestOf(source)
    def held = ready ? null : hold(target.writes(0, 64.KiB))
    def job = startMirror source, target, 'buf-size': 64.KiB
    if (ready) {
        job.awaitReady()
    } else {
        held.awaitCaught()
    }
    3.times { round ->
        job.pause()
        if (held && round == 0) release held
        job.awaitStatus quiet
        guest.write round * 1.MiB, 64.KiB, pattern: 0x22 + round
        def other = targetImage 1.MiB, name: 'other'
        def stranger = guestOf(other)
        stranger.write 0, 64.KiB
        stranger.expectRead 0, 64.KiB
        stranger.leave()
        drop other
        def second = guestOf(source)
        second.write 3.MiB, 64.KiB, pattern: 0x44 + round
        second.leave()
        job.resume()
        job.awaitOffset((round + 1) * 64.KiB)
    }
    if (ready) {
        job.awaitStatus 'ready'
    } else {
        job.awaitReady()
    }
    guest.expectRead 0, 4.MiB
    job.cancel()
    expectIdentical source, target
    drop target
}
