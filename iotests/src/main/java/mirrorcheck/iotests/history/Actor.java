// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.List;
import mirrorcheck.iotests.history.Step.Ending;

/**
 * Does what a history says, or writes it down: the words of scripts that histories are made of.
 * {@link Course} calls both in the same way, so that the script which is written means what was
 * played.
 */
interface Actor {
    /** Another step begins. */
    void begin();

    /** Makes source and target, and lets a guest use the source. */
    void images(Configuration configuration);

    void guest(Step.Guest request);

    /** The same beside what follows, under a number of its own. */
    void later(int number, Step.Guest request);

    void await(int later);

    void start();

    /** Sets a trap; it has its id as name. */
    void trap(Step.Trap trap);

    void release(int trap);

    /** Waits until nothing is left to do, or one of these traps has caught a request. */
    void settle(List<Integer> traps);

    void awaitReady();

    void pause();

    void resume();

    void change();

    void speed(long bytesPerSecond);

    /** While the mirror runs and has settled, the target reads as the source. */
    void compare();

    /** While the mirror is ready and has settled, zeroes come twice, and cost something once. */
    void redundant(Step.Guest zeroes);

    /**
     * Ends the mirror and judges its work.
     *
     * @param faults traps that fail the job if they caught anything
     * @param most   bytes that the target may have allocated, or -1 if that is not known
     */
    void end(Ending ending, List<Integer> faults, long most);

    /** The guest reads what it wrote, everywhere. */
    void close();
}
