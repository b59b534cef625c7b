// SPDX-License-Identifier: Apache-2.0
// A paused mirror is quiet: none of its requests is in flight, and none follows.
//
// Its status says paused only when the copy under way has ended; then nothing reaches the target
// although the guest goes on dirtying the source, and when it goes on nothing was forgotten (bug
// N18).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 PAUSE-1',
      needs:  'copy job guest requests gates'

[[false, 'running', 'paused'], [true, 'ready', 'standby']].each { ready, active, quiet ->
    section "paused while $active"
    def source = sourceImage(4.MiB) {
        write 0, 4.MiB
    }
    def target = targetImage 4.MiB
    def guest = guestOf(source)
    def held = ready ? null : hold(target.writes(0, 64.KiB))
    def job = startMirror source, target, 'buf-size': 64.KiB
    if (ready) {
        job.awaitReady()
        held = hold target.writes(0, 64.KiB)
        guest.write 0, 512, pattern: 0x22
    }
    held.awaitCaught()
    job.pause()
    expectStatus job, active, rule: 'PAUSE-1'
    release held
    job.awaitStatus quiet
    expectStatus job, quiet, rule: 'PAUSE-1'
    forgetRequests target
    guest.write 1.MiB, 64.KiB, pattern: 0x33
    guest.write 4.MiB - 512, 512, pattern: 0x33
    guest.flush()
    expectRequests target, rule: 'PAUSE-1'
    job.resume()
    if (ready) {
        job.awaitStatus 'ready'
    } else {
        job.awaitReady()
    }
    job.complete()
    expectIdentical source, target
    drop target
    drop source
}
