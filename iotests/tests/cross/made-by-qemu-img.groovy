// SPDX-License-Identifier: Apache-2.0
// Sources that qemu-img made, in every form of qcow2 it knows, are copied as they read.
//
// Old and new version, small and large clusters, subclusters, narrow and wide refcounts, each
// preallocation, compressed clusters of both kinds, clusters that a snapshot shares. The last
// cluster is cut short by the end of the image.

about groups: 'rw auto cross chain',
      rules:  'DATA-1',
      needs:  'copy sync qcow2 host:qemu-img'

def copied = { c ->
    def compression = c.made in ['zlib', 'zstd'] ? "compression_type=$c.made" as String : null
    def source = sourceImage 5.MiB + 512, format: 'qcow2', creation: 'qemu-img',
            'cluster-size': c.cluster, 'qemu-img': c.made.contains('=') ? c.made : compression,
            compressed: compression ? true : null, snapshot: c.made == 'snapshot' ? true : null, {
        write 0, 1.MiB
        write 2.MiB + 512, 1000 * 512, pattern: 0x17
        zeroes 3.MiB, 1.MiB
        write 5.MiB, 512, pattern: 0x99
    }
    def target = targetImage 5.MiB + 512, format: 'raw'
    mirror source, target
    expectIdentical source, target
    drop target
    drop source
}

cases made: ['plain', 'compat=0.10', 'lazy_refcounts=on', 'refcount_bits=1', 'refcount_bits=64',
             'preallocation=metadata', 'preallocation=falloc', 'preallocation=full',
             'zlib', 'zstd', 'snapshot'],
      cluster: [512, 64.KiB], copied

cases made: ['extended_l2=on'], cluster: [16.KiB, 2.MiB], copied
