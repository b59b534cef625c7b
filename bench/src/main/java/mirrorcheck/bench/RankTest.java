// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.List;

/**
 * The one-sided test of Mann and Whitney, exact: how probable it is that later values lie so high
 * among the earlier ones if nothing has changed. It asks only which of two values is the larger, so
 * a few that are far off mean no more than that.
 */
final class RankTest {
    private RankTest() {
    }

    /**
     * @param before one value or more
     * @param after  one value or more
     * @return 0 to 1; small if {@code after} is larger. With n and m values not below n! m! / (n +
     *         m)!
     */
    static double higher(List<Double> before, List<Double> after) {
        int wins = 0;
        for (double later : after) {
            for (double earlier : before) {
                // A tie counts for no change.
                wins += later > earlier ? 1 : 0;
            }
        }
        return tail(after.size(), before.size(), wins);
    }

    /** The part of all orders of {@code n} and {@code m} values with at least so many wins. */
    private static double tail(int n, int m, int wins) {
        double[][][] orders = new double[n + 1][m + 1][];
        for (int i = 0; i <= n; i++) {
            for (int j = 0; j <= m; j++) {
                orders[i][j] = orders(orders, i, j);
            }
        }
        double all = 0;
        double so = 0;
        for (int w = 0; w <= n * m; w++) {
            all += orders[n][m][w];
            so += w >= wins ? orders[n][m][w] : 0;
        }
        return so / all;
    }

    /** By wins: the largest value is one of the n, and wins over all m, or it is one of the m. */
    private static double[] orders(double[][][] known, int n, int m) {
        double[] orders = new double[n * m + 1];
        if (n == 0 || m == 0) {
            orders[0] = 1;
            return orders;
        }
        for (int w = 0; w < known[n - 1][m].length; w++) {
            orders[w + m] += known[n - 1][m][w];
        }
        for (int w = 0; w < known[n][m - 1].length; w++) {
            orders[w] += known[n][m - 1][w];
        }
        return orders;
    }
}
