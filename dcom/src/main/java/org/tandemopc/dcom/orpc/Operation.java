package org.tandemopc.dcom.orpc;

import java.util.function.Function;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.rpc.RpcFaultException;

/**
 * One method of an interface, described once for both sides: how it is called on a target here, and how its parameters travel.
 * Immutable; any thread.
 *
 * @param <T> the Java type that stands for the interface
 * @param <I> all its [in] parameters
 * @param <O> all its [out] parameters
 */
public final class Operation<T, I, O> {
    /** 0 to 2 are those of IUnknown, which never travel ([MS-DCOM] 3.1.1.5.4). */
    static final int OPNUM_FIRST = 3;

    static final int OPNUM_MAX = 0xFFFF;

    private final int opnum;
    private final String name;
    private final Codec<I> in;
    private final OutCodec<I, O> out;
    private final Function<I, O> failed;
    private final Body<T, I, O> body;

    /** Calls the method on a target. */
    @FunctionalInterface
    public interface Body<T, I, O> {
        Result<O> call(T target, I in) throws LinkException, RpcFaultException;
    }

    private Operation(
            int opnum, String name, Codec<I> in, OutCodec<I, O> out, Function<I, O> failed, Body<T, I, O> body) {
        if (opnum < OPNUM_FIRST || opnum > OPNUM_MAX) {
            throw new IllegalArgumentException("opnum of " + name + ": " + opnum);
        }
        this.opnum = opnum;
        this.name = name;
        this.in = in;
        this.out = out;
        this.failed = failed;
        this.body = body;
    }

    /**
     * @param opnum place in the interface, counted from 0 with the methods of its bases
     * @param name as the specification spells it
     * @param failed the [out] parameters beside a failure: pointers NULL, numbers 0
     */
    public static <T, I, O> Operation<T, I, O> of(
            int opnum, String name, Codec<I> in, Codec<O> out, O failed, Body<T, I, O> body) {
        return new Operation<>(opnum, name, in, OutCodec.of(out), ignored -> failed, body);
    }

    /** As {@link #of}, where the [in] parameters say how many [out] parameters there are, beside a failure too. */
    public static <T, I, O> Operation<T, I, O> sized(
            int opnum, String name, Codec<I> in, OutCodec<I, O> out, Function<I, O> failed, Body<T, I, O> body) {
        return new Operation<>(opnum, name, in, out, failed, body);
    }

    /** A method without [out] parameters. */
    public static <T, I> Operation<T, I, Nothing> of(int opnum, String name, Codec<I> in, Body<T, I, Nothing> body) {
        return of(opnum, name, in, Nothing.CODEC, Nothing.NOTHING, body);
    }

    public int opnum() {
        return opnum;
    }

    public String name() {
        return name;
    }

    public Codec<I> in() {
        return in;
    }

    public OutCodec<I, O> out() {
        return out;
    }

    /** What travels in place of the [out] parameters beside a failure. */
    public O failed(I parameters) {
        return failed.apply(parameters);
    }

    public Result<O> call(T target, I parameters) throws LinkException, RpcFaultException {
        return body.call(target, parameters);
    }

    @Override
    public String toString() {
        return name + " (" + opnum + ")";
    }
}
