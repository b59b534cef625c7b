// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.util.Map;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.qmp.schema.Arguments;
import mirrorcheck.engine.qmp.schema.Type;
import mirrorcheck.engine.qmp.schema.Type.Struct;

/**
 * A command: its name, what it takes and gives, and what it does.
 *
 * @param deprecated whether clients should use another one, as the schema tells them
 */
record Command(String name, Struct arguments, Type result, boolean deprecated, Action action) {
    /** What a command does. */
    @FunctionalInterface
    interface Action {
        /**
         * Runs the command on the thread of its client.
         *
         * @return what goes into {@code return}
         * @throws QmpError       if it is refused
         * @throws BlockException likewise: class GenericError with its message
         */
        Object run(Arguments arguments, Call call) throws QmpError, BlockException;
    }

    /** A command without result. */
    @FunctionalInterface
    interface Order {
        void run(Arguments arguments, Call call) throws QmpError, BlockException;
    }

    /** What a command may ask of the session it came from. */
    interface Call {
        /** Lets the events that the command caused on other threads out before its reply. */
        void eventsFirst();

        /** Has something done when the reply is on its way. */
        void afterReply(Runnable step);
    }

    static Command query(String name, Struct arguments, Type result, Action action) {
        return new Command(name, arguments, result, false, action);
    }

    static Command order(String name, Struct arguments, Order order) {
        return new Command(name, arguments, Struct.EMPTY, false, nothing(order));
    }

    static Command deprecated(String name, Struct arguments, Order order) {
        return new Command(name, arguments, Struct.EMPTY, true, nothing(order));
    }

    private static Action nothing(Order order) {
        return (arguments, call) -> {
            order.run(arguments, call);
            return Map.of();
        };
    }
}
