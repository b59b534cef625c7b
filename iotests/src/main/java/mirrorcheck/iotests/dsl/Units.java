// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

/**
 * Sizes in scripts: {@code 20.MiB}, {@code 64.KiB}, {@code 512.B}. Groovy finds this class as an
 * extension module.
 */
public final class Units {
    private Units() {
    }

    /** Bytes. */
    public static Long getB(Number self) {
        return self.longValue();
    }

    /** 1024 bytes each. */
    public static Long getKiB(Number self) {
        return Math.multiplyExact(self.longValue(), 1L << 10);
    }

    /** 1024 KiB each. */
    public static Long getMiB(Number self) {
        return Math.multiplyExact(self.longValue(), 1L << 20);
    }

    /** 1024 MiB each. */
    public static Long getGiB(Number self) {
        return Math.multiplyExact(self.longValue(), 1L << 30);
    }

    /** 1024 GiB each. */
    public static Long getTiB(Number self) {
        return Math.multiplyExact(self.longValue(), 1L << 40);
    }
}
