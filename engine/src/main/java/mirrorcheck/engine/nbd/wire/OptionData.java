// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The data of options and of their replies. Reading leaves nothing of the buffer over. */
public final class OptionData {
    private OptionData() {
    }

    /**
     * What NBD_OPT_INFO and NBD_OPT_GO carry.
     *
     * <pre>
     * +--------+------+----+--------------+
     * | length | name | n  | n x 16 bits  |
     * +--------+------+----+--------------+
     *   32 bits         16
     * </pre>
     *
     * @param name  of the export; empty for the default one
     * @param infos the types of {@link Info} that are asked for
     */
    public record Go(String name, List<Integer> infos) {
        public byte[] encode() {
            byte[] text = Strings.encode(name);
            ByteBuffer to = ByteBuffer.allocate(6 + text.length + 2 * infos.size());
            Strings.putCounted(to, text);
            to.putShort((short) infos.size());
            infos.forEach(info -> to.putShort(info.shortValue()));
            return to.array();
        }

        public static Go decode(ByteBuffer from) throws WireException {
            String name = Strings.takeCounted("nbd export name", from);
            Strings.need("nbd number of information requests", from, Short.BYTES);
            int count = from.getShort() & 0xffff;
            Strings.need("nbd information requests", from, count * Short.BYTES);
            List<Integer> infos = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                infos.add(from.getShort() & 0xffff);
            }
            Strings.checkEnd("nbd information requests", from);
            return new Go(name, infos);
        }
    }

    /**
     * What NBD_OPT_LIST_META_CONTEXT and NBD_OPT_SET_META_CONTEXT carry.
     *
     * <pre>
     * +--------+------+----+--------------------------+
     * | length | name | n  | n x ( length , query )   |
     * +--------+------+----+--------------------------+
     *   32 bits         32         32 bits
     * </pre>
     *
     * @param name    of the export
     * @param queries names of metadata contexts, or patterns of them
     */
    public record MetaQuery(String name, List<String> queries) {
        public byte[] encode() {
            byte[] text = Strings.encode(name);
            List<byte[]> encoded = queries.stream().map(Strings::encode).toList();
            int bytes = encoded.stream().mapToInt(query -> 4 + query.length).sum();
            ByteBuffer to = ByteBuffer.allocate(8 + text.length + bytes);
            Strings.putCounted(to, text);
            to.putInt(encoded.size());
            encoded.forEach(query -> Strings.putCounted(to, query));
            return to.array();
        }

        public static MetaQuery decode(ByteBuffer from) throws WireException {
            String name = Strings.takeCounted("nbd export name", from);
            Strings.need("nbd number of queries", from, Integer.BYTES);
            long count = Integer.toUnsignedLong(from.getInt());
            WireException.checkRange("nbd number of queries", count, 0,
                    from.remaining() / Integer.BYTES);
            List<String> queries = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                queries.add(Strings.takeCounted("nbd query", from));
            }
            Strings.checkEnd("nbd queries", from);
            return new MetaQuery(name, queries);
        }
    }

    /**
     * A metadata context in an answer: its number, 32 bits, and its name, which is the rest.
     *
     * @param id   what replies call it by; 0 in a list
     * @param name such as {@link #BASE_ALLOCATION}
     */
    public record MetaContext(int id, String name) {
        /** The context that tells zeroes and holes from data. */
        public static final String BASE_ALLOCATION = "base:allocation";

        public byte[] encode() {
            byte[] text = Strings.encode(name);
            return ByteBuffer.allocate(4 + text.length).putInt(id).put(text).array();
        }

        public static MetaContext decode(ByteBuffer from) throws WireException {
            Strings.need("nbd metadata context", from, Integer.BYTES);
            int id = from.getInt();
            return new MetaContext(id, Strings.take(from, from.remaining()));
        }
    }

    /**
     * An export in the answer to NBD_OPT_LIST: a counted name; what is left is its description.
     *
     * @param name        to ask for it by
     * @param description for people; may be empty
     */
    public record Server(String name, String description) {
        public byte[] encode() {
            byte[] text = Strings.encode(name);
            byte[] rest = Strings.encode(description);
            ByteBuffer to = ByteBuffer.allocate(4 + text.length + rest.length);
            Strings.putCounted(to, text);
            return to.put(rest).array();
        }

        public static Server decode(ByteBuffer from) throws WireException {
            String name = Strings.takeCounted("nbd export name", from);
            return new Server(name, Strings.take(from, from.remaining()));
        }
    }
}
