// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static mirrorcheck.engine.qmp.schema.Type.Member.optional;
import static mirrorcheck.engine.qmp.schema.Type.Member.required;

import java.util.Map;
import mirrorcheck.engine.qmp.schema.Type;
import mirrorcheck.engine.qmp.schema.Type.Choice;
import mirrorcheck.engine.qmp.schema.Type.Scalar;
import mirrorcheck.engine.qmp.schema.Type.Struct;

/** What {@code blockdev-add} and its kin take: the drivers and their options. */
final class NodeTypes {
    static final Choice DRIVER = Choice.of("BlockdevDriver", "blkdebug", "file", "nbd", "null-co",
            "qcow2", "raw", "throttle");
    static final Choice DETECT_ZEROES =
            Choice.of("BlockdevDetectZeroesOptions", "off", "on", "unmap");
    static final Choice PREALLOCATION = Choice.of("PreallocMode", "off", "metadata", "falloc",
            "full");
    static final Choice IO_TYPE = Choice.of("BlkdebugIOType", "read", "write", "write-zeroes",
            "discard", "flush", "block-status");
    static final Choice EVENT = Choice.of("BlkdebugEvent", "none", "read_aio", "write_aio",
            "pwritev", "pwritev_zero", "flush_to_os", "flush_to_disk");

    private static final Choice DISCARD =
            Choice.of("BlockdevDiscardOptions", "ignore", "unmap");
    private static final Choice AIO =
            Choice.of("BlockdevAioOptions", "threads", "native", "io_uring");
    /** Files are not locked against other processes. */
    private static final Choice LOCKING = Choice.of("OnOffAuto", "auto", "off");
    private static final Choice ADDRESS = Choice.of("SocketAddressType", "inet", "unix");

    private static final Struct CACHE = Struct.of("BlockdevCacheOptions",
            optional("direct", Scalar.BOOLEAN), optional("no-flush", Scalar.BOOLEAN));
    private static final Struct INET = Struct.of("InetSocketAddress",
            required("host", Scalar.STRING), required("port", Scalar.STRING));
    private static final Struct UNIX = Struct.of("UnixSocketAddress",
            required("path", Scalar.STRING));

    /** An address with its members beside its type. */
    static final Struct SOCKET_ADDRESS = Struct.tagged("SocketAddress", "type",
            required("type", ADDRESS)).withVariants(Map.of("inet", INET, "unix", UNIX));
    /** An address with its members in {@code data}. */
    static final Struct WRAPPED_ADDRESS = Struct.tagged("SocketAddressLegacy", "type",
            required("type", ADDRESS)).withVariants(Map.of(
                    "inet", Struct.of("InetSocketAddressWrapper", required("data", INET)),
                    "unix", Struct.of("UnixSocketAddressWrapper", required("data", UNIX))));

    static final Struct OPTIONS = Struct.tagged("BlockdevOptions", "driver",
            required("driver", DRIVER), optional("node-name", Scalar.STRING),
            optional("discard", DISCARD), optional("cache", CACHE),
            optional("read-only", Scalar.BOOLEAN), optional("auto-read-only", Scalar.BOOLEAN),
            optional("force-share", Scalar.BOOLEAN), optional("detect-zeroes", DETECT_ZEROES));
    private static final Type CHILD = new Type.Alternate("BlockdevRef", OPTIONS, false);
    private static final Type BACKING = new Type.Alternate("BlockdevRefOrNull", OPTIONS, true);

    private static final Struct INJECT_ERROR = Struct.of("BlkdebugInjectErrorOptions",
            required("event", EVENT), optional("iotype", IO_TYPE),
            optional("errno", Scalar.INTEGER), optional("sector", Scalar.INTEGER),
            optional("once", Scalar.BOOLEAN));

    static {
        OPTIONS.withVariants(Map.of(
                "blkdebug", Struct.of("BlockdevOptionsBlkdebug", required("image", CHILD),
                        optional("inject-error", new Type.Array(INJECT_ERROR))),
                "file", Struct.of("BlockdevOptionsFile", required("filename", Scalar.STRING),
                        optional("locking", LOCKING), optional("aio", AIO)),
                "nbd", Struct.of("BlockdevOptionsNbd", required("server", SOCKET_ADDRESS),
                        optional("export", Scalar.STRING)),
                "null-co", Struct.of("BlockdevOptionsNull", optional("size", Scalar.INTEGER),
                        optional("latency-ns", Scalar.UINT64),
                        optional("read-zeroes", Scalar.BOOLEAN)),
                "qcow2", Struct.of("BlockdevOptionsQcow2", required("file", CHILD),
                        optional("backing", BACKING), optional("data-file", CHILD)),
                "raw", Struct.of("BlockdevOptionsRaw", required("file", CHILD),
                        optional("offset", Scalar.INTEGER), optional("size", Scalar.INTEGER)),
                "throttle", Struct.of("BlockdevOptionsThrottle",
                        required("throttle-group", Scalar.STRING), required("file", CHILD))));
    }

    static final Struct CREATE_OPTIONS = Struct.tagged("BlockdevCreateOptions", "driver",
            required("driver", DRIVER)).withVariants(Map.of(
                    "file", Struct.of("BlockdevCreateOptionsFile",
                            required("filename", Scalar.STRING), required("size", Scalar.UINT64),
                            optional("preallocation", PREALLOCATION)),
                    "qcow2", Struct.of("BlockdevCreateOptionsQcow2", required("file", CHILD),
                            optional("data-file", CHILD),
                            optional("data-file-raw", Scalar.BOOLEAN),
                            optional("extended-l2", Scalar.BOOLEAN),
                            required("size", Scalar.UINT64),
                            optional("version", Choice.of("BlockdevQcow2Version", "v2", "v3")),
                            optional("backing-file", Scalar.STRING),
                            optional("backing-fmt", DRIVER),
                            optional("cluster-size", Scalar.UINT64),
                            optional("preallocation", PREALLOCATION),
                            optional("lazy-refcounts", Scalar.BOOLEAN),
                            optional("refcount-bits", Scalar.INTEGER),
                            optional("compression-type",
                                    Choice.of("Qcow2CompressionType", "zlib", "zstd")))));

    private NodeTypes() {
    }
}
