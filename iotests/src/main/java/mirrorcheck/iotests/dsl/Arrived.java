// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import mirrorcheck.iotests.ends.Request;
import mirrorcheck.iotests.ends.Request.Kind;
import mirrorcheck.iotests.image.RangeMap;

/**
 * The requests that reached an image, summed up: how many bytes of each kind, and where. How a
 * range was cut into requests and in which order they came is left out, so that it reads the same
 * for every implementation and run.
 */
final class Arrived {
    /** The kinds that change what an image holds. */
    static final Set<Kind> CHANGING =
            EnumSet.of(Kind.WRITE, Kind.WRITE_ZEROES, Kind.WRITE_ZEROES_UNMAP, Kind.DISCARD);

    private final Map<Kind, List<Request>> byKind = new EnumMap<>(Kind.class);
    private final Kind lastOfWeight;

    Arrived(List<Request> requests) {
        lastOfWeight = requests.stream().map(Request::kind)
                .filter(kind -> kind == Kind.FLUSH || CHANGING.contains(kind))
                .reduce((earlier, later) -> later).orElse(null);
        requests.forEach(request ->
                byKind.computeIfAbsent(request.kind(), kind -> new ArrayList<>()).add(request));
    }

    /** Their lengths together; a byte that was written twice counts twice. */
    long bytes(Kind kind) {
        return byKind.getOrDefault(kind, List.of()).stream().mapToLong(Request::bytes).sum();
    }

    /** Whether there was a flush, and no request that changes anything came after the last one. */
    boolean endsFlushed() {
        return lastOfWeight == Kind.FLUSH;
    }

    /** How many there were. */
    int count(Kind kind) {
        return byKind.getOrDefault(kind, List.of()).size();
    }

    /** Whether a request of one of these kinds reached up to {@code end}, or beyond. */
    boolean reaches(long end, Kind... kinds) {
        return Arrays.stream(kinds).flatMap(kind -> byKind.getOrDefault(kind, List.of()).stream())
                .anyMatch(request -> request.offset() + request.bytes() >= end);
    }

    /**
     * How many bytes of zero writes were permitted to unmap that were not to be, where so many of
     * each kind had to come.
     */
    long unmappedInstead(long keeping, long unmapping) {
        long missing = keeping - bytes(Kind.WRITE_ZEROES);
        return Math.max(0, Math.min(missing, bytes(Kind.WRITE_ZEROES_UNMAP) - unmapping));
    }

    /** The same with so many bytes of zero writes counted as if they had kept the allocation. */
    long bytes(Kind kind, long unmappedInstead) {
        return bytes(kind) + switch (kind) {
            case WRITE_ZEROES -> unmappedInstead;
            case WRITE_ZEROES_UNMAP -> -unmappedInstead;
            default -> 0;
        };
    }

    /** {@code write 2 MiB, write-zeroes 18 MiB}, or {@code no requests}; changing kinds only. */
    String totals() {
        String totals = CHANGING.stream().filter(kind -> count(kind) > 0)
                .map(kind -> kind.word() + " " + Text.size(bytes(kind)))
                .collect(Collectors.joining(", "));
        return totals.isEmpty() ? "no requests" : totals;
    }

    /** One fact a kind: {@code write 2 MiB in [8 MiB, 10 MiB)}. */
    List<String> facts(Set<Kind> kinds) {
        List<String> facts = new ArrayList<>();
        for (Kind kind : EnumSet.copyOf(kinds)) {
            if (kind == Kind.FLUSH && count(kind) > 0) {
                facts.add(kind.word());
            } else if (count(kind) > 0) {
                facts.add(kind.word() + " " + Text.size(bytes(kind)) + " in "
                        + ranges(byKind.get(kind)));
            }
        }
        return facts;
    }

    /** The ranges touched, joined and sorted. */
    private static String ranges(List<Request> requests) {
        long end = requests.stream().mapToLong(r -> r.offset() + r.bytes()).max().orElse(0);
        RangeMap<Boolean> touched = new RangeMap<>(end, false);
        requests.forEach(request -> touched.put(request.offset(), request.bytes(), true));
        return Text.where(touched, true);
    }
}
