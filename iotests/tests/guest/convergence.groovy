// SPDX-License-Identifier: Apache-2.0
// In write-blocking mode a mirror becomes ready however long the guest goes on writing.
//
// The guest rewrites the same chunks without end while the job copies. Each write reaches the
// target by itself, so that nothing is dirtied and the copy comes to its end.

about groups: 'rw auto quick guest',
      rules:  'DATA-1 DATA-3 LIVE-1',
      needs:  'copy job guest write-blocking requests gates'

def source = sourceImage(8.MiB) {
    write 0, 8.MiB
}
def target = targetImage 8.MiB
def guest = guestOf(source)
def first = hold target.writes(0, 64.KiB)
def job = startMirror source, target, 'copy-mode': 'write-blocking', 'buf-size': 64.KiB
first.awaitCaught()
def enough = new java.util.concurrent.atomic.AtomicBoolean()
def writing = guest.later {
    while (!enough.get()) {
        (1..16).each { write it * 480.KiB, 4.KiB, pattern: 0x20 + it }
    }
}
release first
job.awaitReady()
enough.set true
writing.await()
expectIdentical source, target
job.complete()
expectIdentical source, target
