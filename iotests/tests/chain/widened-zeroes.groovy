// SPDX-License-Identifier: Apache-2.0
// A chunk that was copied only because its cluster had to be filled is not known to be zero.
//
// The target names its base but is opened without it, and the user vouches that it reads as zero:
// zeroes are not written. Of one cluster a guest writes two chunks that do not touch. When the job
// copies the first it must copy the whole cluster, the second included, and forget that any of it
// was zero (bug N05): after that the guest zeroes the second.

about groups: 'rw auto quick chain guest',
      rules:  'DATA-1 CHAIN-4',
      needs:  'copy job guest sync target-is-zero qcow2 host:sparse-files',
      source: 'raw qcow2'

cases base: ['raw', 'qcow2'], granularity: [4.KiB, 64.KiB],
      'copy-mode': ['background', 'write-blocking'], { c ->
    def base = baseImage(4.MiB, format: c.base) {
        write 3.MiB, 512.KiB, pattern: 0xb5
    }
    def source = sourceImage(4.MiB, format: 'qcow2', backing: base, 'cluster-size': 4.KiB) {
        write 1.MiB, 8.KiB
    }
    def target = targetImage 4.MiB, format: 'qcow2', backing: base, 'open-backing': false
    def guest = guestOf(source)
    def job = startMirror source, target, sync: 'full', granularity: c.granularity,
            'target-is-zero': true
    job.awaitReady()
    job.pause().awaitStatus('standby')
    guest.write 2.MiB + 4.KiB, 4.KiB, pattern: 0x33
    guest.write 2.MiB + 12.KiB, 4.KiB, pattern: 0x44
    job.resume()
    job.settle()
    if (c.'copy-mode' == 'write-blocking') job.change 'copy-mode': 'write-blocking'
    guest.writeZeroes 2.MiB + 12.KiB, 4.KiB
    job.settle()
    job.complete()
    expectIdentical source, target, rule: 'CHAIN-4'
    drop target
    drop source
    drop base
}
