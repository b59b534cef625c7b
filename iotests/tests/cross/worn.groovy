// SPDX-License-Identifier: Apache-2.0
// A qcow2 target that a mirror and a guest have worn is whole, and reads to qemu-img as it must.
//
// The images are made by the implementation or by qemu-img, in every form that both can write. The
// guest writes, zeroes and discards while the mirror runs, at once to both images or later, and goes
// on writing to the target when the mirror has ended.

about groups: 'rw auto cross chain guest',
      rules:  'DATA-1 DATA-3 FORMAT-1 GUEST-5',
      needs:  'copy guest create sync write-blocking qcow2 host:qemu-img'

def worn = { c ->
    def source = sourceImage(8.MiB) {
        write 1.MiB, 2.MiB
        write 5.MiB + 512, 1000 * 512, pattern: 0x17
    }
    def own = c.made in ['off', 'metadata', 'falloc', 'full']
    def target = targetImage 8.MiB, format: 'qcow2', 'cluster-size': c.cluster, discard: 'unmap',
            creation: own ? c.made : 'qemu-img', 'qemu-img': c.made.contains('=') ? c.made : null,
            snapshot: c.made == 'snapshot' ? true : null
    def guest = guestOf(source)
    duringMirror source, target, 'copy-mode': c.'copy-mode', {
        guest.write 1.MiB + 300 * 512, 3000, pattern: 0x21
        guest.writeZeroes 2.MiB, 600.KiB, unmap: true
        guest.write 2.MiB + 64.KiB, 512, pattern: 0x22
        guest.discard 5.MiB, 512.KiB
        guest.write 7.MiB + 512, 300.KiB, pattern: 0x23
        guest.flush()
    }
    guest.write 0, 100.KiB, pattern: 0x31
    guest.writeZeroes 1.MiB, 1.MiB
    guest.discard 7.MiB, 256.KiB
    guest.write 4.MiB + 1000, 5000, pattern: 0x32
    guest.expectRead 0, 8.MiB
    close target
    expectImageCheck target
    drop target
    drop source
}

cases made: ['off', 'metadata', 'falloc', 'full', 'compat=0.10', 'lazy_refcounts=on',
             'refcount_bits=64', 'snapshot'],
      cluster: [512, 64.KiB], 'copy-mode': ['write-blocking'], worn

cases made: ['off', 'snapshot'], cluster: [2.MiB],
      'copy-mode': ['background', 'write-blocking'], worn

cases made: ['extended_l2=on'], cluster: [16.KiB, 64.KiB], 'copy-mode': ['background'], worn
