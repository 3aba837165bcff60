package org.tandemopc.dcom.orpc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Guid;

/**
 * An object of this process that others may call: one identity with any number of interfaces ([MS-DCOM] 1.3.1). It is exported
 * by being handed to somebody as a parameter or as the result of an activation, and no more once the last who had a reference
 * has given it back or is gone; handed out again later it is exported anew. Immutable but for what implements it; any thread.
 *
 * <p>QueryInterface follows of itself: whatever interface is asked by whichever pointer, the answer is the same, IUnknown is
 * always there and always the same, and so are the bases of each interface ([MS-DCOM] 3.1.1.5.6.1.1).
 */
public final class ComObject {
    private static final int NAME_MAX = 100;
    private static final int INTERFACES_MAX = 64;

    private final String name;
    private final Map<Guid, Facet<?>> facets;
    private final Runnable onUnreferenced;
    private final boolean isPinged;
    private final ReentrantLock telling = new ReentrantLock();

    /** An interface and what implements it. */
    private record Facet<T>(InterfaceDef<T> type, T target) {
        <U> @Nullable U as(InterfaceDef<U> wanted) {
            return type.upcast(target, wanted);
        }
    }

    private ComObject(Builder made) {
        this.name = made.name;
        this.facets = Map.copyOf(made.facets);
        this.onUnreferenced = made.onUnreferenced;
        this.isPinged = made.isPinged;
    }

    /** @param name for the log, such as the class and the client that it is for */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** Makes a {@link ComObject}. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private final Map<Guid, Facet<?>> facets = new LinkedHashMap<>();
        private Runnable onUnreferenced = () -> {};
        private boolean isPinged = true;

        private Builder(String name) {
            if (name.isEmpty() || name.length() > NAME_MAX) {
                throw new IllegalArgumentException("name of an object: " + name);
            }
            this.name = name;
        }

        /**
         * Its bases come with it.
         *
         * @param target called on threads of the server, virtual or not, several at once; it may block
         * @throws IllegalArgumentException the interface twice, or more than 64
         */
        public <T> Builder with(InterfaceDef<T> type, T target) {
            if (facets.size() == INTERFACES_MAX || facets.putIfAbsent(type.iid(), new Facet<>(type, target)) != null) {
                throw new IllegalArgumentException(name + ": " + type + " twice, or too many interfaces");
            }
            return this;
        }

        /**
         * Called each time when nobody outside has a reference any more: released, or dead for so long that the pings of the
         * last one are given up ([MS-DCOM] 3.1.1.6.2). On a virtual thread of the exporter, one notice after the other. If the
         * object was handed out again meanwhile, the notice is left out; whoever wants to end the object for good asks for that
         * ({@code DcomServer.retireIfUnreferenced}), as it may be handed out at any moment.
         */
        public Builder onUnreferenced(Runnable action) {
            onUnreferenced = action;
            return this;
        }

        /** Lives without pings, so that nobody is ever given up for dead: for what lives as long as the server anyhow. */
        public Builder notPinged() {
            isPinged = false;
            return this;
        }

        public ComObject build() {
            return new ComObject(this);
        }
    }

    public String name() {
        return name;
    }

    public boolean isPinged() {
        return isPinged;
    }

    /** For exporters: tells it that nobody outside has a reference any more; one notice after the other. */
    public void unreferenced() {
        telling.lock();
        try {
            onUnreferenced.run();
        } finally {
            telling.unlock();
        }
    }

    /** A pointer to hand out; empty: it has no such interface. */
    public <T> Optional<LocalPointer<T>> pointer(InterfaceDef<T> wanted) {
        return target(wanted).map(target -> new LocalPointer<>(this, wanted, wanted.iid(), target, () -> {}));
    }

    /** A pointer to hand out as the interface that somebody asked for by its IID, {@code iid_is}; empty: it has no such. */
    public Optional<ComPointer<IUnknown>> pointer(Guid iid) {
        return find(iid).map(type -> new LocalPointer<>(this, IUnknown.DEF, iid, LocalPointer.UNKNOWN, () -> {}));
    }

    /** The description of an interface that it has, be it as a base of another; empty: it has no such. */
    public Optional<InterfaceDef<?>> find(Guid iid) {
        if (iid.equals(IUnknown.IID)) {
            return Optional.of(IUnknown.DEF);
        }
        Facet<?> own = facets.get(iid);
        if (own != null) {
            return Optional.of(own.type());
        }
        for (Facet<?> facet : facets.values()) {
            for (InterfaceDef<?> base = facet.type().base().orElse(null);
                    base != null;
                    base = base.base().orElse(null)) {
                if (base.iid().equals(iid)) {
                    return Optional.of(base);
                }
            }
        }
        return Optional.empty();
    }

    /** What implements an interface; empty: it has no such. */
    public <T> Optional<T> target(InterfaceDef<T> wanted) {
        if (wanted.iid().equals(IUnknown.IID)) {
            return Optional.ofNullable(IUnknown.DEF.upcast(LocalPointer.UNKNOWN, wanted));
        }
        Facet<?> own = facets.get(wanted.iid());
        List<Facet<?>> candidates = own == null ? new ArrayList<>(facets.values()) : List.of(own);
        for (Facet<?> facet : candidates) {
            T target = facet.as(wanted);
            if (target != null) {
                return Optional.of(target);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return name;
    }
}
