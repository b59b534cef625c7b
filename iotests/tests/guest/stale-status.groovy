// SPDX-License-Identifier: Apache-2.0
// What the source was found to hold is asked again after the guest has changed it.
//
// The guest writes into what was a hole and zeroes what was data, once it is copied and once the job
// has ended; each mirror must copy what is there now. A block status that is remembered across
// writes would skip the data, one that is remembered across jobs would fill the target (bug B25).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 STATUS-2 ZERO-1',
      needs:  'copy job guest requests gates host:sparse-files',
      source: 'raw qcow2'

cases 'copy-mode': ['background', 'write-blocking'], { c ->
    if (c.'copy-mode' == 'write-blocking') needs 'write-blocking'
    def source = sourceImage(20.MiB) {
        write 8.MiB, 2.MiB
    }
    def target = targetImage 20.MiB
    def guest = guestOf(source)
    def job = startMirror(source, target, 'copy-mode': c.'copy-mode').awaitReady()
    guest.write 2.MiB, 64.KiB, pattern: 0x22
    guest.writeZeroes 8.MiB, 1.MiB
    job.settle()
    job.cancel()
    expectIdentical source, target, rule: 'STATUS-2'
    drop target

    guest.write 4.MiB, 64.KiB, pattern: 0x33
    guest.write 8.MiB, 4.KiB, pattern: 0x33
    def second = targetImage 20.MiB, name: 'second'
    mirror source, second, 'copy-mode': c.'copy-mode'
    expectIdentical source, second, rule: 'STATUS-2'
    expectAllocation second, 'sparse'
    drop second
    drop source
}
