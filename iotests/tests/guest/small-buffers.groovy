// SPDX-License-Identifier: Apache-2.0
// A mirror with hardly any buffer comes to its end, whatever the pattern of dirty chunks.
//
// Buffers of one to three chunks, and chunks as small as sectors: a request that waits for a slot
// which only it could free never begins (bug B12), and many small chunks in one request must not be
// more than the host takes (bug B42).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 LIVE-1',
      needs:  'copy job guest write-blocking requests gates'

cases granularity: [512, 4.KiB, 64.KiB], chunks: [1, 2, 3, 1024],
      'copy-mode': ['background', 'write-blocking'], { c ->
    def source = sourceImage(2.MiB) {
        write 0, 2.MiB
    }
    def target = targetImage 2.MiB
    def guest = guestOf(source)
    def job = startMirror source, target, granularity: c.granularity,
                          'buf-size': c.chunks * c.granularity, 'copy-mode': c.'copy-mode'
    def writers = (0..<4).collect { n ->
        guest.later { 8.times { write n * 512.KiB + it * 40.KiB, 20.KiB, pattern: 0x20 + n } }
    }
    writers*.await()
    job.awaitReady()
    8.times { guest.write it * 200.KiB, 512, pattern: 0x44 }
    job.complete()
    expectIdentical source, target
    drop target
    drop source
}
