package org.tandemopc.relay.da.front;

import java.util.function.Predicate;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.InterfaceDef;

/**
 * Makes an object that clients see with the interfaces that the members' objects have, and no others: to whoever asks for one that is
 * left out the answer is E_NOINTERFACE, as it would be there. Not thread-safe.
 */
final class Facade {
    private final ComObject.Builder builder;
    private final Predicate<InterfaceDef<?>> isOffered;

    Facade(ComObject.Builder builder, Predicate<InterfaceDef<?>> isOffered) {
        this.builder = builder;
        this.isOffered = isOffered;
    }

    /** An interface that every server has. */
    <T> Facade always(InterfaceDef<T> type, T target) {
        builder.with(type, target);
        return this;
    }

    <T> Facade ifOffered(InterfaceDef<T> type, T target) {
        if (isOffered.test(type)) {
            builder.with(type, target);
        }
        return this;
    }

    /** @param onUnreferenced called each time when nobody outside has a reference any more */
    ComObject build(Runnable onUnreferenced) {
        return builder.onUnreferenced(onUnreferenced).build();
    }
}
