// SPDX-License-Identifier: Apache-2.0
// A target that will lie upon the same base gets whole clusters, though it cannot see the base yet.
//
// With sync=top or sync=none only what the overlay has, or what a guest writes, is copied. The
// target names the base in its header but is opened without it, and its clusters are larger than
// the chunks: a cluster that were only partly filled would hide the base with zeroes once it is
// attached (bugs B32 and B33). Zeroes that the overlay has over data of the base must be written,
// although such a target reads as zero: they would not be there once it is attached.

about groups: 'rw auto quick chain guest',
      rules:  'DATA-1 CHAIN-4',
      needs:  'copy job guest sync qcow2 host:sparse-files',
      source: 'raw qcow2'

cases base: ['raw', 'qcow2'], sync: ['top', 'none'], granularity: [4.KiB, 64.KiB],
      'copy-mode': ['background', 'write-blocking'], opened: [true, false], { c ->
    def base = baseImage(4.MiB, format: c.base) {
        write 0, 4.MiB, pattern: 0xb5
    }
    def source = sourceImage(4.MiB, format: 'qcow2', backing: base, 'cluster-size': 4.KiB) {
        write 1.MiB, 4.KiB
        if (c.sync == 'top') {
            unwritten 3.MiB, 256.KiB
            unwritten 3.MiB + 512.KiB, 8.KiB
        }
    }
    def target = targetImage 4.MiB, format: 'qcow2', backing: base, 'open-backing': c.opened
    def guest = guestOf(source)
    def job = startMirror source, target, sync: c.sync, granularity: c.granularity,
            'copy-mode': c.'copy-mode'
    job.awaitReady()
    guest.write 2.MiB + 8.KiB, 4.KiB, pattern: 0x33
    if (c.sync == 'none') guest.write 1.MiB, 4.KiB
    job.settle()
    job.complete()
    expectIdentical source, target, rule: 'CHAIN-4'
    drop target
    drop source
    drop base
}
