// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.driver.OpenedNode;
import mirrorcheck.engine.driver.Options;
import mirrorcheck.engine.qmp.json.JsonWriter;
import mirrorcheck.engine.qmp.schema.Arguments;

/**
 * What a node is called by who describes it: a path, an URI, or where neither says everything, its
 * options as {@code json:} and an object.
 */
final class Filenames {
    /** Options that are not part of what an image is. */
    private static final List<String> ELSEWHERE = List.of("node-name", "discard", "detect-zeroes",
            "read-only", "auto-read-only", "force-share", "cache", "aio", "locking");
    private static final String JSON = "json:";

    private final Nodes nodes;

    Filenames(Nodes nodes) {
        this.nodes = nodes;
    }

    /** The filename of a node; that of the child for the filter of a job. */
    String of(BlockNode node) {
        OpenedNode opened = nodes.find(node);
        if (opened == null) {
            return node.children().isEmpty() ? "" : of(node.children().getFirst());
        }
        Options options = opened.options();
        return switch (opened.driver().name()) {
            case "file" -> options.string("filename");
            case "nbd" -> nbd(options.object("server"), options.string("export", ""));
            case "null-co" -> plain(opened, "size", "latency-ns", "read-zeroes")
                    ? "null-co://" : json(opened);
            case "raw" -> above("", opened, "offset", "size");
            case "blkdebug" -> above("blkdebug::", opened, "inject-error");
            default -> json(opened);
        };
    }

    private static boolean plain(OpenedNode opened, String... options) {
        return List.of(options).stream().noneMatch(opened.options()::has);
    }

    private String above(String prefix, OpenedNode opened, String... options) {
        String below = of(opened.children().values().iterator().next());
        return plain(opened, options) && !below.startsWith(JSON) ? prefix + below : json(opened);
    }

    private String json(OpenedNode opened) {
        return JSON + JsonWriter.line(options(opened));
    }

    private Map<String, Object> options(OpenedNode opened) {
        Map<String, Object> out = new LinkedHashMap<>();
        ((Arguments) opened.options()).asMap().forEach((name, value) -> {
            BlockNode child = opened.children().get(name);
            if (child != null) {
                OpenedNode below = nodes.find(child);
                out.put(name, below == null ? child.nodeName() : options(below));
            } else if (!ELSEWHERE.contains(name)) {
                flatten(name, value, out);
            }
        });
        return out;
    }

    private static void flatten(String name, Object value, Map<String, Object> out) {
        switch (value) {
            case Map<?, ?> members ->
                members.forEach((key, inner) -> flatten(name + "." + key, inner, out));
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    flatten(name + "." + i, list.get(i), out);
                }
            }
            case null, default -> out.put(name, value);
        }
    }

    private static String nbd(Options server, String export) {
        String path = export.isEmpty() ? "" : "/" + export;
        if (server.string("type").equals("unix")) {
            return "nbd+unix://" + path + "?socket=" + server.string("path");
        }
        return "nbd://" + server.string("host") + ":" + server.string("port") + path;
    }
}
