// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.io.PrintStream;

/** What {@code --help} says. */
final class Usage {
    private static final String TEXT = """
            usage: %s [options]
            A storage daemon that mirrors: block nodes, NBD exports and a QMP monitor.

            The options and the monitor are those of qemu-storage-daemon, as far as they go.
            Options take effect in their order. Values are written as name=value,name.inner=value
            or as a JSON object; a comma inside a value is written twice.

            Nodes
              --blockdev [driver=]<driver>,node-name=<name>[,<option>=<value>...]
                  opens a block node. For all drivers:
                    discard=ignore|unmap        whether requests may deallocate
                    detect-zeroes=off|on|unmap  whether written zeroes become zero writes
                    read-only=on|off            whether writes are refused
                    cache.direct=on|off         past the page cache of the host
                    cache.no-flush=on|off       whether flushes are left out
                  file      filename=<path>
                  raw       file=<node>|file.<option>=... [,offset=<bytes>][,size=<bytes>]
                  nbd       server.type=unix,server.path=<path>[,export=<name>]
                            server.type=inet,server.host=<host>,server.port=<port>[,export=...]
                  null-co   [size=<bytes>][,latency-ns=<n>][,read-zeroes=on|off]
                  throttle  throttle-group=<id>,file=<node>|file.<option>=...
                  blkdebug  image=<node>|image.<option>=...,inject-error.<n>.event=<event>
                            [,inject-error.<n>.iotype|errno|sector|once=...]
              --object [qom-type=]throttle-group,id=<id>[,limits.<limit>=<per second>...]
                  makes a group of limits: bps-total, bps-read, bps-write, iops-total, iops-read,
                  iops-write

            Exports
              --nbd-server addr.type=unix,addr.path=<path>[,max-connections=<n>]
              --nbd-server addr.type=inet,addr.host=<host>,addr.port=<port>[,max-connections=<n>]
                  serves exports over NBD
              --export [type=]nbd,id=<id>,node-name=<node>[,name=<name>][,writable=on|off]
                  exports a node

            Monitor
              --chardev [backend=]socket,id=<id>,path=<path>[,server=on|off][,wait=on|off]
              --chardev [backend=]socket,id=<id>,host=<host>,port=<port>[,server=on|off][,wait=...]
              --chardev [backend=]stdio,id=<id>
                  where a client of the monitor comes from
              --monitor [chardev=]<id>[,mode=control][,pretty=on|off]
                  serves QMP there

            Process
              --pidfile <path>  holds the process id while the daemon runs
              -h, --help        prints this
              -V, --version     prints the version
            """;

    private Usage() {
    }

    static void print(String program, PrintStream out) {
        out.printf(TEXT, program);
    }
}
