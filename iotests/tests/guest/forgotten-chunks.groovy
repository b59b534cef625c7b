// SPDX-License-Identifier: Apache-2.0
// Chunks dirtied behind the back of the copy are copied too, the first and the last among them.
//
// The copy of a chunk in the middle is held, so that the walk has passed the first chunks; the
// guest then writes the first chunk and the partial last one. Were the walk to end where it stands,
// or to look at whole chunks alone, they would be lost (bug N07).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-7',
      needs:  'copy job guest requests gates'

def size = 4.MiB + 24.KiB + 512

cases place: ['first', 'last', 'both'], when: ['first pass', 'after ready'],
      granularity: [4.KiB, 64.KiB], { c ->
    def source = sourceImage(size) {
        write 0, size
    }
    def target = targetImage size
    def guest = guestOf(source)
    def middle = c.when == 'first pass' ? hold(target.writes(2.MiB, 4.KiB)) : null
    def job = startMirror source, target, granularity: c.granularity, 'buf-size': 64.KiB
    if (middle) {
        middle.awaitCaught()
    } else {
        job.awaitReady()
    }
    if (c.place != 'last') guest.write 0, 512
    if (c.place != 'first') guest.write size - 512, 512
    if (middle) {
        release middle
        job.awaitReady()
    }
    job.complete()
    expectIdentical source, target, rule: 'DATA-7'
    drop target
    drop source
}
