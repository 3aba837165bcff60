package org.tandemopc.relay.da.front;

import java.util.ArrayList;
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
import org.tandemopc.opcda.ole.ConnectData;
import org.tandemopc.opcda.ole.Cursor;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IEnumConnectionPoints;
import org.tandemopc.opcda.ole.IEnumConnections;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.ole.IEnumUnknown;

/** Enumerators of ours, over lists that do not change: a switch of members does not touch them. */
final class Enumerators {
    /** Of a member's enumerator we take so many, and clients get so many at once. */
    static final int ALL_MAX = 100_000;

    private static final int BATCH = 1_000;

    private Enumerators() {}

    private static <T> Optional<ComPointer<T>> object(InterfaceDef<T> type, T target) {
        return ComObject.named("enumerator")
                .with(type, target)
                .build()
                .pointer(type)
                .map(pointer -> pointer);
    }

    static Optional<ComPointer<IEnumString>> strings(List<String> all) {
        return object(IEnumString.DEF, new Strings(new Cursor<>(all, BATCH)));
    }

    /** @param all each gives a pointer of its own to whoever asks */
    static Optional<ComPointer<IEnumUnknown>> objects(List<ComObject> all) {
        return object(IEnumUnknown.DEF, new Objects(new Cursor<>(all, BATCH)));
    }

    static Optional<ComPointer<IEnumOPCItemAttributes>> attributes(List<OpcItemAttributes> all) {
        return object(IEnumOPCItemAttributes.DEF, new Attributes(new Cursor<>(all, BATCH)));
    }

    static Optional<ComPointer<IEnumConnectionPoints>> points(List<ComObject> all) {
        return object(IEnumConnectionPoints.DEF, new ConnectionPoints(new Cursor<>(all, BATCH)));
    }

    static Optional<ComPointer<IEnumConnections>> connections(List<ConnectData> all) {
        return object(IEnumConnections.DEF, new Connections(new Cursor<>(all, BATCH)));
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

    private record ConnectionPoints(Cursor<ComObject> cursor) implements IEnumConnectionPoints {
        @Override
        public Result<List<Optional<ComPointer<IConnectionPoint>>>> next(long celt) {
            Result<List<ComObject>> some = cursor.next(celt);
            Function<ComObject, Optional<ComPointer<IConnectionPoint>>> pointer =
                    one -> one.pointer(IConnectionPoint.DEF).map(made -> made);
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
        public Result<Optional<ComPointer<IEnumConnectionPoints>>> copy() {
            return Result.ok(object(IEnumConnectionPoints.DEF, new ConnectionPoints(cursor.copy())));
        }
    }

    private record Connections(Cursor<ConnectData> cursor) implements IEnumConnections {
        @Override
        public Result<List<ConnectData>> next(long celt) {
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
        public Result<Optional<ComPointer<IEnumConnections>>> copy() {
            return Result.ok(object(IEnumConnections.DEF, new Connections(cursor.copy())));
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
        List<String> all = new ArrayList<>();
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
