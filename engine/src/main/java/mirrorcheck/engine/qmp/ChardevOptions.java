// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.driver.HostPath;
import mirrorcheck.engine.qmp.cli.KeyValues;
import mirrorcheck.engine.qmp.cli.UsageException;

/** The character devices of a command line, by id: {@code stdio} and {@code socket}. */
final class ChardevOptions {
    private static final Pattern ID = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");
    private static final Set<String> KNOWN =
            Set.of("backend", "id", "path", "host", "port", "server", "wait");
    /** Options that may stand without a value, and what they then mean. */
    private static final Map<String, List<String>> SHORT_FORMS = Map.of(
            "server", List.of("server", "on"), "noserver", List.of("server", "off"),
            "wait", List.of("wait", "on"), "nowait", List.of("wait", "off"));

    private final InputStream in;
    private final OutputStream out;
    private final PrintStream err;
    private final Consumer<Path> onFile;
    private final Map<String, Chardev> chardevs = new HashMap<>();
    private final Set<String> used = new HashSet<>();
    private boolean stdioTaken;

    ChardevOptions(InputStream in, OutputStream out, PrintStream err, Consumer<Path> onFile) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.onFile = onFile;
    }

    /** Opens one; warnings begin with {@code subject}. */
    Chardev open(String text, String subject) throws UsageException, BlockException {
        Map<String, String> options = parse(text, subject);
        String id = options.get("id");
        if (id == null) {
            throw new UsageException("chardev: no id specified");
        }
        if (!ID.matcher(id).matches()) {
            throw new UsageException("Parameter 'id' expects an identifier\nIdentifiers consist "
                    + "of letters, digits, '-', '.', '_', starting with a letter.");
        }
        String backend = options.get("backend");
        if (backend == null) {
            throw new UsageException("chardev: \"" + id + "\" missing backend");
        }
        if (chardevs.containsKey(id)) {
            throw new UsageException("Duplicate ID '" + id + "' for chardev");
        }
        Chardev chardev = switch (backend) {
            case "stdio" -> stdio();
            case "socket" -> socket(options);
            default -> throw new UsageException(
                    "'" + backend + "' is not a valid char driver name");
        };
        chardevs.put(id, chardev);
        return chardev;
    }

    /** The one with this id, for a monitor that will have it alone. */
    Chardev take(String id) throws UsageException {
        Chardev chardev = chardevs.get(id);
        if (chardev == null) {
            throw new UsageException("chardev \"" + id + "\" not found");
        }
        if (!used.add(id)) {
            throw new UsageException("chardev '" + id + "' is already in use");
        }
        return chardev;
    }

    private Map<String, String> parse(String text, String subject) throws UsageException {
        Map<String, String> options = new LinkedHashMap<>();
        boolean first = true;
        for (String part : KeyValues.split(text)) {
            int equals = part.indexOf('=');
            if (equals >= 0) {
                put(options, part.substring(0, equals), part.substring(equals + 1));
            } else if (first) {
                options.put("backend", part);
            } else if (SHORT_FORMS.containsKey(part)) {
                List<String> full = SHORT_FORMS.get(part);
                err.println(subject + ": warning: short-form boolean option '" + part
                        + "' deprecated\nPlease use " + String.join("=", full) + " instead");
                options.put(full.get(0), full.get(1));
            } else {
                throw new UsageException("Invalid parameter '" + part + "'");
            }
            first = false;
        }
        return options;
    }

    private static void put(Map<String, String> options, String name, String value)
            throws UsageException {
        if (!KNOWN.contains(name)) {
            throw new UsageException("Invalid parameter '" + name + "'");
        }
        options.put(name, value);
    }

    private Chardev stdio() throws UsageException {
        if (stdioTaken) {
            throw new UsageException("cannot use stdio by multiple character devices");
        }
        stdioTaken = true;
        return new StdioChardev(in, out);
    }

    private Chardev socket(Map<String, String> options)
            throws UsageException, BlockException {
        boolean server = isOn(options, "server", false);
        boolean wait = isOn(options, "wait", true);
        SocketAddress address = address(options);
        if (!server) {
            return SocketChardev.connect(address);
        }
        SocketChardev chardev = SocketChardev.listen(address);
        if (address instanceof UnixDomainSocketAddress unix) {
            onFile.accept(unix.getPath());
        }
        if (wait) {
            chardev.awaitClient();
        }
        return chardev;
    }

    private static SocketAddress address(Map<String, String> options)
            throws UsageException, BlockException {
        if (options.containsKey("path")) {
            return UnixDomainSocketAddress.of(HostPath.of(options.get("path")));
        }
        if (!options.containsKey("host")) {
            throw new UsageException("chardev: socket: no path or host given");
        }
        if (!options.containsKey("port")) {
            throw new UsageException("chardev: socket: no port given");
        }
        return Addresses.inet(options.get("host"), options.get("port"));
    }

    private static boolean isOn(Map<String, String> options, String name, boolean otherwise)
            throws UsageException {
        String value = options.get(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.equals("on") && !value.equals("off")) {
            throw new UsageException("Parameter '" + name + "' expects 'on' or 'off'");
        }
        return value.equals("on");
    }
}
