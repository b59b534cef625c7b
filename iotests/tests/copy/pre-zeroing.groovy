// SPDX-License-Identifier: Apache-2.0
// The target is zeroed as a whole first only where that pays, and then no zero is written again.
//
// That is with sync=full, on a target that may unmap and is not known to be zero; not where detect-zeroes=unmap will punch
// every hole by itself, not where the user vouches for the target, and not for sync=top, which promises less.

about groups: 'rw auto quick',
      rules:  'DATA-1 PREZERO-1 PREZERO-2 ZERO-1 ZERO-7 ALLOC-1',
      needs:  'copy create sync zero-options target-is-zero requests host:sparse-files'

def source = sourceImage(20.MiB) {
    write 8.MiB, 2.MiB
}
def data = 2.MiB
def rest = 18.MiB

[   // target                                                                       what reaches it besides the data
    [[creation: 'full', discard: 'unmap'],                           [:],            'PREZERO-2', ['write-zeroes-unmap': 20.MiB]],
    [[creation: 'old-full', discard: 'unmap', 'detect-zeroes': 'on'], [:],           'PREZERO-2', ['write-zeroes-unmap': 20.MiB]],
    [[creation: 'full', discard: 'unmap', 'detect-zeroes': 'unmap'], [:],            'ZERO-7',    ['write-zeroes-unmap': rest]],
    [[creation: 'full', discard: 'unmap'],                           [sync: 'top'],  'PREZERO-1', ['write-zeroes-unmap': rest]],
    [[creation: 'full', discard: 'ignore'],                          [:],            'PREZERO-1', ['write-zeroes': rest]],
    [[creation: 'full', discard: 'unmap'],                           ['target-is-zero': true], 'ZERO-1', [:]],
    [[creation: 'external', discard: 'unmap'],                       [:],            'ZERO-1',    [:]],
].each { node, options, rule, zeroes ->
    section((node + options).collect { name, value -> "$name=$value" }.join(' '))
    def target = targetImage node, 20.MiB
    mirror options, source, target
    expectIdentical source, target
    expectRequests([rule: rule, write: data] + zeroes, target)
    drop target
}
