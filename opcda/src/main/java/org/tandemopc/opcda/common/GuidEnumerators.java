package org.tandemopc.opcda.common;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.ole.Cursor;
import org.tandemopc.opcda.ole.IEnumGUID;

/** Enumerators over lists of GUIDs that do not change, under both IIDs, each an object of its own that goes with its last reference. */
final class GuidEnumerators {
    /** So many are given at once at most. */
    private static final int BATCH = 1_000;

    private GuidEnumerators() {}

    static Optional<ComPointer<IEnumGUID>> ole(List<Guid> all) {
        return object(IEnumGUID.DEF, new Ole(new Cursor<>(all, BATCH)));
    }

    static Optional<ComPointer<IOPCEnumGUID>> opc(List<Guid> all) {
        return object(IOPCEnumGUID.DEF, new Opc(new Cursor<>(all, BATCH)));
    }

    private static <T> Optional<ComPointer<T>> object(InterfaceDef<T> type, T target) {
        return ComObject.named(type.name())
                .with(type, target)
                .build()
                .pointer(type)
                .map(pointer -> pointer);
    }

    private record Ole(Cursor<Guid> cursor) implements IEnumGUID {
        @Override
        public Result<List<Guid>> next(long celt) {
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
        public Result<Optional<ComPointer<IEnumGUID>>> copy() {
            return Result.ok(object(IEnumGUID.DEF, new Ole(cursor.copy())));
        }
    }

    private record Opc(Cursor<Guid> cursor) implements IOPCEnumGUID {
        @Override
        public Result<List<Guid>> next(long celt) {
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
        public Result<Optional<ComPointer<IOPCEnumGUID>>> copy() {
            return Result.ok(object(IOPCEnumGUID.DEF, new Opc(cursor.copy())));
        }
    }
}
