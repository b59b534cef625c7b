// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;

/** Bytes as they are written in the tests: hexadecimal, with blanks where they help. */
final class Hex {
    private Hex() {
    }

    static ByteBuffer buffer(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    static String of(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** What {@code put} writes. */
    static String written(Consumer<ByteBuffer> put) {
        ByteBuffer to = ByteBuffer.allocate(1024);
        put.accept(to);
        return of(Arrays.copyOf(to.array(), to.position()));
    }

    static String plain(String hex) {
        return hex.replace(" ", "");
    }
}
