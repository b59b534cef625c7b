// SPDX-License-Identifier: Apache-2.0
// A source that takes long to tell its block status holds up neither its guest nor the monitor.
//
// The first question of the mirror is held. Meanwhile the guest reads and writes, in what was not
// looked at yet too, and the job answers. Hosts with fragmented files take seconds for an answer
// (bug B43).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3 DATA-5 LIVE-1',
      needs:  'copy job guest write-blocking requests gates host:sparse-files'

cases 'copy-mode': ['background', 'write-blocking'], { c ->
    def source = sourceImage(20.MiB) {
        write 8.MiB, 2.MiB
    }
    def target = targetImage 20.MiB
    def guest = guestOf(source)
    def question = hold source.statuses(0, 20.MiB), times: 1
    def job
    def starting = later { job = startMirror source, target, 'copy-mode': c.'copy-mode' }
    question.awaitCaught()
    starting.await()
    // In write-blocking mode a guest may have to wait where the job is looking.
    def writing = guest.later {
        write 15.MiB, 64.KiB, pattern: 0x22
        write 2.MiB, 512, pattern: 0x22
    }
    if (c.'copy-mode' == 'background') writing.await()
    guest.expectRead 0, 1.MiB
    expectStatus job, 'running', rule: 'LIVE-1'
    release question
    writing.await()
    job.awaitReady()
    job.complete()
    expectIdentical source, target, rule: 'DATA-5'
    drop target
    drop source
}
