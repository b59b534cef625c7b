// SPDX-License-Identifier: Apache-2.0
// A guest write behind the back of the first scan reaches the target.
//
// What has to be copied is found in the source's tables, one after the other, each of which is held
// until the guest has had its turn. The guest meanwhile writes to clusters that no layer had when
// the scan passed them, and is answered before the scan ends. QEMU 8.2 to 10.2 switched one kind of
// tracking off before the other was on, and lost such writes without a word (bug B05).

about groups: 'rw auto quick chain guest',
      rules:  'DATA-1 DATA-3 DATA-5 GUEST-2',
      needs:  'copy job guest sync write-blocking requests gates qcow2 host:sparse-files',
      source: 'raw qcow2'

def cluster = 4.KiB
def span = 2.MiB            // what one table maps
def tables = 64

cases sync: ['top', 'full'], 'copy-mode': ['background', 'write-blocking'], { c ->
    def source = sourceImage(tables * span, format: 'qcow2', 'cluster-size': cluster) {
        (0L..<tables).each { write it * span, cluster }
    }
    def target = targetImage tables * span, discard: 'unmap'
    def guest = guestOf(source)
    guest.expectRead 0, cluster
    def held = (4L..<tables).collect { hold source.tableReads(it * span) }
    def job
    def starting = later {
        job = startMirror source, target, sync: c.sync, 'copy-mode': c.'copy-mode'
    }
    held.first().awaitCaught()
    def writing = guest.later {
        (1L..6L).each { write it * 128.KiB, cluster, pattern: 0x33 }
    }
    // The scan and the guest take turns, table by table.
    for (table in held) {
        table.awaitCaught()
        if (writing.done) break
        release table
    }
    held.each { release it }
    writing.await()
    starting.await()
    job.awaitReady()
    job.complete()
    expectIdentical source, target, rule: 'DATA-5'
    drop target
    drop source
}
