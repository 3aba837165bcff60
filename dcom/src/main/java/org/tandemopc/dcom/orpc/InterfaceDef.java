package org.tandemopc.dcom.orpc;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Guid;

/**
 * The description of an interface, from which both the server's skeleton and the client's proxy work. Made once, as a constant.
 * Immutable; any thread.
 *
 * <pre>
 * interface Thermometer {
 *     Result&lt;Double&gt; read(String place) throws LinkException, RpcFaultException;
 *
 *     Operation&lt;Thermometer, String, Double&gt; READ = Operation.of(3, "Read", Codec.of(
 *             in -&gt; in.string("place"), NdrWriter::string), Codec.of(in -&gt; in.f64("degrees"), NdrWriter::f64),
 *             0.0, Thermometer::read);
 *     InterfaceDef&lt;Thermometer&gt; DEF = InterfaceDef.of(
 *             "8c1b8ae2-…", "Thermometer", caller -&gt; place -&gt; caller.call(READ, place), List.of(READ));
 * }
 * </pre>
 *
 * <p>An object implements {@code Thermometer} and is served; a client gets a {@code Thermometer} and calls it.
 *
 * @param <T> the Java type that stands for the interface: implemented by who serves, called by who calls
 */
public final class InterfaceDef<T> {
    private static final int NAME_MAX = 100;

    private final Guid iid;
    private final String name;
    private final @Nullable InterfaceDef<? super T> base;
    private final Function<Caller<T>, T> proxy;
    private final Map<Integer, Operation<T, ?, ?>> operations = new HashMap<>();

    private InterfaceDef(
            Guid iid,
            String name,
            @Nullable InterfaceDef<? super T> base,
            Function<Caller<T>, T> proxy,
            List<Operation<T, ?, ?>> operations) {
        if (name.isEmpty() || name.length() > NAME_MAX) {
            throw new IllegalArgumentException("name of an interface: " + name);
        }
        this.iid = iid;
        this.name = name;
        this.base = base;
        this.proxy = proxy;
        for (Operation<T, ?, ?> operation : operations) {
            Operation<? super T, ?, ?> before = operation(operation.opnum());
            if (before != null) {
                throw new IllegalArgumentException("%s: opnum %d is both %s and %s"
                        .formatted(name, operation.opnum(), before.name(), operation.name()));
            }
            this.operations.put(operation.opnum(), operation);
        }
    }

    /**
     * An interface whose base is IUnknown.
     *
     * @param proxy makes a T whose methods call through what it is given
     * @throws IllegalArgumentException an opnum twice, or the IID is none
     */
    public static <T> InterfaceDef<T> of(
            String iid, String name, Function<Caller<T>, T> proxy, List<Operation<T, ?, ?>> operations) {
        return new InterfaceDef<>(Guid.of(iid), name, null, proxy, operations);
    }

    /**
     * An interface with all the methods of another, and its own behind them.
     *
     * @throws IllegalArgumentException an opnum twice, or the IID is none
     */
    public static <T> InterfaceDef<T> extending(
            InterfaceDef<? super T> base,
            String iid,
            String name,
            Function<Caller<T>, T> proxy,
            List<Operation<T, ?, ?>> operations) {
        return new InterfaceDef<>(Guid.of(iid), name, base, proxy, operations);
    }

    public Guid iid() {
        return iid;
    }

    /** As the specification spells it. */
    public String name() {
        return name;
    }

    /** Empty: IUnknown, or it is IUnknown. */
    public Optional<InterfaceDef<? super T>> base() {
        return Optional.ofNullable(base);
    }

    /** Its own or of a base; null: there is none. */
    public @Nullable Operation<? super T, ?, ?> operation(int opnum) {
        Operation<T, ?, ?> own = operations.get(opnum);
        return own != null || base == null ? own : base.operation(opnum);
    }

    /** A T that calls through the caller. */
    public T proxy(Caller<T> caller) {
        return proxy.apply(caller);
    }

    /** Whether a pointer to this interface can be used as one to the other: it is the same, a base, or IUnknown. */
    public boolean isA(Guid other) {
        return iid.equals(other) || IUnknown.IID.equals(other) || (base != null && base.isA(other));
    }

    /**
     * What implements this interface, as what implements a base of it.
     *
     * @return null: the other is no base; or it is described a second time, which would be another Java type
     */
    <U> @Nullable U upcast(T target, InterfaceDef<U> wanted) {
        if (equals(wanted)) {
            @SuppressWarnings("unchecked") // the same description, so that U is T
            U same = (U) target;
            return same;
        }
        return base == null ? null : base.upcast(target, wanted);
    }

    @Override
    public String toString() {
        return name;
    }
}
