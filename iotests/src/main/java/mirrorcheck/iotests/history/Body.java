// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import groovy.lang.Closure;
import java.util.function.Consumer;

/** What would stand between braces in a script. */
final class Body extends Closure<Void> {
    private static final long serialVersionUID = 1;

    private final transient Consumer<Object> words;

    /** Words that get whatever the braces stand behind, such as a layout. */
    Body(Object owner, Consumer<Object> words) {
        super(owner);
        this.words = words;
    }

    @Override
    public Void call(Object... arguments) {
        words.accept(getDelegate());
        return null;
    }
}
