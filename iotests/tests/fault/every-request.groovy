// SPDX-License-Identifier: Apache-2.0
// Whichever request of a copy fails, and at whichever end, nothing is called done that is not.
//
// Each request in turn fails once. With report the job fails; stopped and resumed, or ignored, it
// tries again and the copy is whole. A result that nobody looks at would show here (bug B47).

about groups: 'rw auto quick',
      rules:  'DATA-1 ERROR-1 ERROR-2 ERROR-3',
      needs:  'copy job requests gates'

cases end: ['source', 'target'], request: [0, 1, 2, 3], policy: ['report', 'stop', 'ignore'], { c ->
    def source = sourceImage(256.KiB) {
        write 0, 256.KiB
    }
    def target = targetImage 256.KiB
    fail c.end == 'source' ? source.reads(0, 256.KiB) : target.writes(0, 256.KiB), after: c.request
    def job = startMirror source, target, 'buf-size': 64.KiB, 'on-source-error': c.policy,
                          'on-target-error': c.policy
    if (c.policy == 'report') {
        job.awaitEnd expect: 'failed', rule: 'ERROR-3'
    } else {
        if (c.policy == 'stop') job.awaitStatus('paused').resume()
        job.awaitReady()
        job.complete()
        expectIdentical source, target, rule: 'ERROR-3'
    }
    String operation = c.end == 'source' ? 'read' : 'write'
    expectEvents job, "BLOCK_JOB_ERROR action=$c.policy operation=$operation"
    drop target
    drop source
}
