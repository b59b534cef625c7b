// SPDX-License-Identifier: Apache-2.0
// A guest write that comes while its chunk is being copied is copied too.
//
// The copy is held once it has read the source, or just before it reads; the guest overwrites the
// chunk; the copy goes on with what it has. Were the chunk called clean when the copy ends, the
// guest's write would be lost (bug N06); and were the guest, in write-blocking mode, not to wait for
// the copy, old data would land on top of its own (bug B31).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-4',
      needs:  'copy job guest write-blocking requests gates',
      source: 'raw qcow2'

cases held: ['read', 'write'], request: ['write', 'writeZeroes'], bytes: [512.B, 64.KiB, 1.MiB],
      'copy-mode': ['background', 'write-blocking'], when: ['first pass', 'after ready'],
      where: { it.when == 'first pass' || it.'copy-mode' == 'background' }, { c ->
    def source = sourceImage(20.MiB) {
        write 8.MiB, 2.MiB
    }
    def target = targetImage 20.MiB
    def guest = guestOf(source)
    def copy = c.held == 'read' ? source.reads(8.MiB, 64.KiB) : target.writes(8.MiB, 64.KiB)
    def held
    def job
    if (c.when == 'first pass') {
        held = hold(copy)
        job = startMirror source, target, 'copy-mode': c.'copy-mode'
        held.awaitCaught()
    } else {
        job = startMirror(source, target, 'copy-mode': c.'copy-mode').awaitReady()
        held = hold(copy)
        guest.write 8.MiB, 64.KiB, pattern: 0x11
        held.awaitCaught()
    }
    // In write-blocking mode the guest may have to wait for the copy.
    def overwrite = guest.later {
        if (c.request == 'write') {
            write 8.MiB, c.bytes, pattern: 0x22
        } else {
            writeZeroes 8.MiB, c.bytes
        }
    }
    if (c.'copy-mode' == 'background') overwrite.await() else overwrite.awaitHeldUp()
    release held
    overwrite.await()
    if (c.when == 'first pass') job.awaitReady()
    job.complete()
    expectIdentical source, target, rule: 'DATA-4'
    drop target
    drop source
}
