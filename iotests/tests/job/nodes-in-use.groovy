// SPDX-License-Identifier: Apache-2.0
// A node that a mirror uses is refused to another, as is a mirror into the source itself.
//
// By whatever name the node is meant; nobody else may write to the target either. The job that runs
// is not disturbed (bugs B38, B45).

about groups: 'rw auto quick guest',
      rules:  'DATA-1 ARGS-1 NODE-1',
      needs:  'copy job guest requests'

def source = sourceImage(4.MiB) {
    write 0, 4.MiB
}
def target = targetImage 4.MiB
def other = targetImage 4.MiB, name: 'other'

section 'source and target are one'
expectRefused("Can't mirror node into itself", rule: 'NODE-1') { startMirror source, source }

section 'while a mirror runs'
def busy = 'block device is in use by block job: mirror'
def job = startMirror(source, target).awaitReady()
expectRefused('Need a root block node', rule: 'ARGS-1') { startMirror source, other }
expectRefused('Need a root block node', rule: 'ARGS-1') { startMirror target, other }
expectRefused("Node 'target' is busy: $busy", rule: 'ARGS-1') { startMirror other, target }
expectRefused("Node 'source' is busy: $busy", rule: 'ARGS-1') { startMirror other, source }
expectRefused(rule: 'NODE-1') { guestOf target }
job.complete()
expectIdentical source, target
