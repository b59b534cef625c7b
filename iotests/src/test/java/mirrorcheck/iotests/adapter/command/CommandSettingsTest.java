// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import mirrorcheck.iotests.adapter.AdapterFile;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.adapter.qmp.DaemonSettings;
import mirrorcheck.iotests.judge.HarnessError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a beginner may get wrong in adapter.json, and what is said to it. */
class CommandSettingsTest {
    @TempDir
    private Path dir;

    private CommandSettings read(String text) throws IOException {
        Files.writeString(dir.resolve("adapter.json"), text);
        return CommandSettings.of(AdapterFile.read(dir, "a/adapter.json"));
    }

    @Test
    void whatIsRightIsRead() throws IOException {
        CommandSettings settings = read("""
                {"type": "command", "description": "d", "argv": ["cp", "{source}", "{target}"],
                 "capabilities": ["sparse", "requests"]}
                """);
        assertEquals(List.of("cp", "{source}", "{target}"), settings.argv());
        assertEquals(Set.of(Capability.COPY, Capability.SPARSE, Capability.REQUESTS),
                settings.capabilities());
        assertEquals(dir.toAbsolutePath(), settings.folder());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            [] | must be an object: {"type": "command", "argv": [...]}
            {"type": "command", "arv": []} | arv: unknown key; did you mean 'argv'?; there are: \
            type, argv, capabilities, description
            {} | type: missing: must be "command" or "qmp"
            {"type": "qmb"} | type: "qmb": must be "command" or "qmp"
            {"type": "command", "description": 1} | description: 1: must be text
            {"type": "command"} | argv: missing: a list of texts
            {"type": "command", "argv": "cp {source}"} | argv: "cp {source}": must be a list of \
            texts, one for each word of the command: no shell takes it apart
            {"type": "command", "argv": ["cp", 1]} | argv[1]: 1: must be text
            {"type": "command", "argv": []} | argv: empty: begin with the program
            {"type": "command", "argv": [" "]} | argv: [0]: blank: must be the program
            {"type": "command", "argv": ["cp", "{sorce}"]} | argv[1]: '{sorce}': unknown \
            placeholder; did you mean '{source}'?; there are: {source}, {target}, {source-path}, \
            {target-path}, {adapter}
            {"type": "command", "argv": ["cp", "{target}"]} | argv: placeholder missing: give \
            {source} for an NBD URI or {source-path} for a raw file
            {"type": "command", "argv": ["cp", "{source}"]} | argv: placeholder missing: give \
            {target} for an NBD URI or {target-path} for a raw file
            {"type": "command", "argv": ["cp", "{source}{source-path}", "{target}"]} | \
            argv: {source} and {source-path}: give one of them, not both
            {"type": "command", "argv": ["c", "{source}", "{target}"], "capabilities": ["sparze"]} \
            | capabilities: 'sparze': not one that a command can have; did you mean 'sparse'?; \
            there are: copy, sparse, requests, gates
            {"type": "command", "argv": ["c", "{source-path}", "{target}"], \
            "capabilities": ["gates"]} | capabilities: 'gates': needs both {source} and {target}: \
            who opens files by their paths sends no requests to the suite
            """)
    void whatIsWrongIsNamed(String text, String message) {
        HarnessError e = assertThrows(HarnessError.class, () -> read(text));
        assertEquals("a/adapter.json: " + message, e.getMessage());
    }

    @Test
    void whatIsNotJsonIsNamedWithItsLine() {
        HarnessError e = assertThrows(HarnessError.class,
                () -> read("{\"type\": \"command\",\n \"argv\": [\"cp\",]}\n"));
        assertEquals("a/adapter.json:2: not JSON",
                e.getMessage().substring(0, Math.min(26, e.getMessage().length())));
    }

    static Stream<Path> shipped() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("adapters"))) {
            return folders.filter(one -> Files.exists(one.resolve("adapter.json"))).toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void whatIsShippedIsRight(Path folder) {
        AdapterFile file = AdapterFile.read(folder, folder + "/adapter.json");
        if (file.type().equals("qmp")) {
            assertFalse(DaemonSettings.of(file).argv().isEmpty());
        } else {
            assertTrue(CommandSettings.of(file).capabilities().contains(Capability.COPY));
        }
    }
}
