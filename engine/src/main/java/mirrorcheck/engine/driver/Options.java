// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.List;

/**
 * The options of a node by name, spelt as in QMP {@code blockdev-add}. They were checked: what a
 * driver must have is there, and everything is of its type and known to the driver.
 */
public interface Options {
    /** Whether the option was given, be it as null. */
    boolean has(String name);

    /** A string or the word of an enum; null if it is not there. */
    String string(String name);

    /** A string or the word of an enum. */
    String string(String name, String otherwise);

    boolean bool(String name, boolean otherwise);

    long integer(String name, long otherwise);

    /** The members of an object; null if it is not there, or came as a string or as null. */
    Options object(String name);

    /** The objects of an array; none if it is not there. */
    List<? extends Options> objects(String name);
}
