// SPDX-License-Identifier: Apache-2.0
// A target that lies upon the same base as the source gets no cluster that hides it with zeroes.
//
// With sync=top or sync=none only what the overlay has, or what a guest writes, is copied. The
// target's clusters are larger than the chunks: what the first copy into a cluster does not bring,
// the base must. Zeroes that the overlay has over data of the base are written.

about groups: 'rw auto quick chain guest',
      rules:  'DATA-1 CHAIN-4',
      needs:  'copy job guest sync qcow2 host:sparse-files',
      source: 'raw qcow2'

cases base: ['raw', 'qcow2'], sync: ['top', 'none'], granularity: [4.KiB, 64.KiB],
      'copy-mode': ['background', 'write-blocking'], { c ->
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
    def target = targetImage 4.MiB, format: 'qcow2', backing: base
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
