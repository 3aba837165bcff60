package org.tandemopc.simulator.da;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IEnumOPCItemAttributes;
import org.tandemopc.opcda.OpcItemAttributes;
import org.tandemopc.opcda.ole.ConnectData;
import org.tandemopc.opcda.ole.Cursor;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IEnumConnectionPoints;
import org.tandemopc.opcda.ole.IEnumConnections;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.ole.IEnumUnknown;

/** Enumerators, each an object of its own over a list as it was when it was asked for; it goes with its last reference. */
final class Enumerators {
    private Enumerators() {}

    private static <T> Optional<ComPointer<T>> object(InterfaceDef<T> type, T enumerator) {
        return ComObject.named(type.name())
                .with(type, enumerator)
                .build()
                .pointer(type)
                .map(pointer -> pointer);
    }

    static Optional<ComPointer<IEnumString>> strings(List<String> all) {
        return strings(new Cursor<>(all));
    }

    private static Optional<ComPointer<IEnumString>> strings(Cursor<String> cursor) {
        return object(IEnumString.DEF, new IEnumString() {
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
                return Result.ok(strings(cursor.copy()));
            }
        });
    }

    static Optional<ComPointer<IEnumUnknown>> unknowns(List<Optional<ComPointer<IUnknown>>> all) {
        return unknowns(new Cursor<>(all));
    }

    private static Optional<ComPointer<IEnumUnknown>> unknowns(Cursor<Optional<ComPointer<IUnknown>>> cursor) {
        return object(IEnumUnknown.DEF, new IEnumUnknown() {
            @Override
            public Result<List<Optional<ComPointer<IUnknown>>>> next(long celt) {
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
            public Result<Optional<ComPointer<IEnumUnknown>>> copy() {
                return Result.ok(unknowns(cursor.copy()));
            }
        });
    }

    static Optional<ComPointer<IEnumConnectionPoints>> points(List<Optional<ComPointer<IConnectionPoint>>> all) {
        return points(new Cursor<>(all));
    }

    private static Optional<ComPointer<IEnumConnectionPoints>> points(
            Cursor<Optional<ComPointer<IConnectionPoint>>> cursor) {
        return object(IEnumConnectionPoints.DEF, new IEnumConnectionPoints() {
            @Override
            public Result<List<Optional<ComPointer<IConnectionPoint>>>> next(long celt) {
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
            public Result<Optional<ComPointer<IEnumConnectionPoints>>> copy() {
                return Result.ok(points(cursor.copy()));
            }
        });
    }

    static Optional<ComPointer<IEnumConnections>> connections(List<ConnectData> all) {
        return connections(new Cursor<>(all));
    }

    private static Optional<ComPointer<IEnumConnections>> connections(Cursor<ConnectData> cursor) {
        return object(IEnumConnections.DEF, new IEnumConnections() {
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
                return Result.ok(connections(cursor.copy()));
            }
        });
    }

    static Optional<ComPointer<IEnumOPCItemAttributes>> attributes(List<OpcItemAttributes> all) {
        return attributes(new Cursor<>(all));
    }

    private static Optional<ComPointer<IEnumOPCItemAttributes>> attributes(Cursor<OpcItemAttributes> cursor) {
        return object(IEnumOPCItemAttributes.DEF, new IEnumOPCItemAttributes() {
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
                return Result.ok(attributes(cursor.copy()));
            }
        });
    }
}
