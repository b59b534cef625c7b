// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.List;
import mirrorcheck.engine.qmp.Daemon;
import mirrorcheck.engine.qmp.Startup;

/**
 * The engine as a storage daemon, with the options and the monitor of qemu-storage-daemon.
 *
 * <p>Ends with 0 after {@code quit}, SIGTERM, SIGINT or SIGHUP: jobs are cancelled, requests waited
 * for unless they hang, sockets and pidfile removed. Ends with 1 if the command line is wrong or
 * something in it fails.
 */
public final class Main {
    private static final String PROGRAM = "mirrorcheck-storage-daemon";

    private Main() {
    }

    /** Runs until it is told to end. */
    public static void main(String[] arguments) throws InterruptedException {
        Daemon daemon = new Daemon(System.err);
        int status = 1;
        // A signal ends the JVM through this hook, and a daemon that was told to end did well.
        Thread end = Thread.ofPlatform().unstarted(() -> {
            daemon.end();
            Runtime.getRuntime().halt(0);
        });
        Runtime.getRuntime().addShutdownHook(end);
        Startup startup = new Startup(PROGRAM, daemon, System.in,
                new FileOutputStream(FileDescriptor.out), System.out, System.err);
        switch (startup.run(List.of(arguments))) {
            case RUNNING -> {
                daemon.awaitQuit();
                status = 0;
            }
            case ANSWERED -> status = 0;
            case FAILED -> status = 1;
        }
        System.out.flush();
        daemon.end();
        Runtime.getRuntime().halt(status);
    }
}
