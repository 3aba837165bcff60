package org.tandemopc.opcda.common;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.ole.IEnumGUID;

/**
 * The object of the class {@link org.tandemopc.opcda.OpcDa#CLSID_OPCSERVERLIST}, by which clients find the servers of a machine: each
 * call answers from the list as it is then (OPC Common 1.10 8). A class that is not listed is REGDB_E_CLASSNOTREG, an unknown ProgID
 * CO_E_CLASSSTRING. Any thread.
 */
public final class OpcEnum {
    /** Of a ProgID: there is none such. */
    public static final int CO_E_CLASSSTRING = 0x8004_01F3;

    private final Supplier<List<ListedClass>> listed;

    private OpcEnum(Supplier<List<ListedClass>> listed) {
        this.listed = listed;
    }

    /**
     * An object for one client.
     *
     * @param listed asked with each call; must return at once
     */
    public static ComObject object(Supplier<List<ListedClass>> listed) {
        OpcEnum list = new OpcEnum(listed);
        return ComObject.named("OpcEnum")
                .with(IOPCServerList.DEF, list.new First())
                .with(IOPCServerList2.DEF, list.new Second())
                .build();
    }

    private ClassList now() {
        return new ClassList(listed.get());
    }

    private <T> Result<Optional<T>> details(Guid clsid, Function<ListedClass, T> details) {
        return now().details(clsid)
                .map(details)
                .map(found -> Result.ok(Optional.of(found)))
                .orElseGet(() -> Result.failure(HResult.REGDB_E_CLASSNOTREG));
    }

    private Result<Guid> find(String progId) {
        return now().find(progId).map(Result::ok).orElseGet(() -> Result.failure(CO_E_CLASSSTRING));
    }

    private final class First implements IOPCServerList {
        @Override
        public Result<Optional<ComPointer<IEnumGUID>>> enumClassesOfCategories(
                List<Guid> implemented, List<Guid> required) {
            return Result.ok(GuidEnumerators.ole(now().ofCategories(implemented)));
        }

        @Override
        public Result<Optional<ClassDetails>> getClassDetails(Guid clsid) {
            return details(clsid, found -> new ClassDetails(found.progId(), found.userType()));
        }

        @Override
        public Result<Guid> clsidFromProgId(String progId) {
            return find(progId);
        }
    }

    private final class Second implements IOPCServerList2 {
        @Override
        public Result<Optional<ComPointer<IOPCEnumGUID>>> enumClassesOfCategories(
                List<Guid> implemented, List<Guid> required) {
            return Result.ok(GuidEnumerators.opc(now().ofCategories(implemented)));
        }

        @Override
        public Result<Optional<ClassDetails>> getClassDetails(Guid clsid) {
            return details(
                    clsid,
                    found -> new ClassDetails(found.progId(), found.userType(), found.versionIndependentProgId()));
        }

        @Override
        public Result<Guid> clsidFromProgId(String progId) {
            return find(progId);
        }
    }
}
