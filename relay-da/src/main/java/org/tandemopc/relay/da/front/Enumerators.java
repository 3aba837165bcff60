package org.tandemopc.relay.da.front;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IEnumOPCItemAttributes;
import org.tandemopc.opcda.OpcItemAttributes;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.ole.IEnumUnknown;

/** Enumerators of ours, over lists that do not change: a switch of members does not touch them. */
final class Enumerators {
    /** Of a member's enumerator we take so many, and clients get so many at once. */
    static final int ALL_MAX = 100_000;

    private static final int BATCH = 1_000;

    private Enumerators() {}

    /** A place in a list. Any thread. */
    private static final class Cursor<T> {
        private final List<T> all;
        private int at;

        Cursor(List<T> all, int at) {
            this.all = List.copyOf(all);
            this.at = at;
        }

        synchronized Result<List<T>> next(long celt) {
            int end = (int) Math.min(all.size(), at + Math.min(celt, BATCH));
            List<T> some = all.subList(at, end);
            at = end;
            return some.size() == celt ? Result.ok(some) : Result.partly(some);
        }

        synchronized Result<Nothing> skip(long celt) {
            boolean isEnough = celt <= all.size() - at;
            at = isEnough ? at + (int) celt : all.size();
            return isEnough ? Result.ok(Nothing.NOTHING) : Result.partly(Nothing.NOTHING);
        }

        synchronized Result<Nothing> reset() {
            at = 0;
            return Result.ok(Nothing.NOTHING);
        }

        synchronized Cursor<T> copy() {
            return new Cursor<>(all, at);
        }
    }

    private static <T> Optional<ComPointer<T>> object(InterfaceDef<T> type, T target) {
        return ComObject.named("enumerator")
                .with(type, target)
                .build()
                .pointer(type)
                .map(pointer -> pointer);
    }

    static Optional<ComPointer<IEnumString>> strings(List<String> all) {
        return object(IEnumString.DEF, new Strings(new Cursor<>(all, 0)));
    }

    /** @param makers each makes a pointer of its own for whoever asks */
    static Optional<ComPointer<IEnumUnknown>> objects(List<ComObject> all) {
        return object(IEnumUnknown.DEF, new Objects(new Cursor<>(all, 0)));
    }

    static Optional<ComPointer<IEnumOPCItemAttributes>> attributes(List<OpcItemAttributes> all) {
        return object(IEnumOPCItemAttributes.DEF, new Attributes(new Cursor<>(all, 0)));
    }

    private record Strings(Cursor<String> cursor) implements IEnumString {
        @Override
        public Result<List<String>> next(long celt) {
            return cursor.next(celt);
        }

        @Override
        public Result<Nothing> skip(long celt) {
            return cursor.skip(celt);
        }

        @Override
        public Result<Nothing> reset() {
            return cursor.reset();
        }

        @Override
        public Result<Optional<ComPointer<IEnumString>>> copy() {
            return Result.ok(object(IEnumString.DEF, new Strings(cursor.copy())));
        }
    }

    private record Objects(Cursor<ComObject> cursor) implements IEnumUnknown {
        @Override
        public Result<List<Optional<ComPointer<IUnknown>>>> next(long celt) {
            Result<List<ComObject>> some = cursor.next(celt);
            Function<ComObject, Optional<ComPointer<IUnknown>>> pointer =
                    one -> one.pointer(IUnknown.DEF).map(made -> made);
            return Result.success(
                    some.hresult(), some.value().stream().map(pointer).toList());
        }

        @Override
        public Result<Nothing> skip(long celt) {
            return cursor.skip(celt);
        }

        @Override
        public Result<Nothing> reset() {
            return cursor.reset();
        }

        @Override
        public Result<Optional<ComPointer<IEnumUnknown>>> copy() {
            return Result.ok(object(IEnumUnknown.DEF, new Objects(cursor.copy())));
        }
    }

    private record Attributes(Cursor<OpcItemAttributes> cursor) implements IEnumOPCItemAttributes {
        @Override
        public Result<List<OpcItemAttributes>> next(long celt) {
            return cursor.next(celt);
        }

        @Override
        public Result<Nothing> skip(long celt) {
            return cursor.skip(celt);
        }

        @Override
        public Result<Nothing> reset() {
            return cursor.reset();
        }

        @Override
        public Result<Optional<ComPointer<IEnumOPCItemAttributes>>> copy() {
            return Result.ok(object(IEnumOPCItemAttributes.DEF, new Attributes(cursor.copy())));
        }
    }

    /** All that a member's enumerator has, and the end of it. */
    static Result<List<String>> drained(IEnumString from) throws LinkException, RpcFaultException {
        List<String> all = new java.util.ArrayList<>();
        while (all.size() < ALL_MAX) {
            Result<List<String>> some = from.next(BATCH);
            if (!some.isSuccess()) {
                return all.isEmpty() ? Result.failure(some.hresult()) : Result.ok(all);
            }
            all.addAll(some.value());
            // servers give fewer than asked for though there are more: only none is the end
            if (some.value().isEmpty()) {
                return Result.ok(all);
            }
        }
        return Result.failure(HResult.E_OUTOFMEMORY);
    }
}
