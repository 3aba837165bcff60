package org.tandemopc.simulator.da;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.common.IOPCEnumGUID;
import org.tandemopc.opcda.common.IOPCServerList;
import org.tandemopc.opcda.common.IOPCServerList2;
import org.tandemopc.opcda.ole.IEnumGUID;

/**
 * OpcEnum: the list of the servers of this address, which is the one (OPC Common 1.10 8). Immutable.
 *
 * @param progId with its version, as {@code Tandem.Simulated.1}
 */
record ServerList(Guid clsid, String progId, String userType, Set<DaVersion> versions) {
    private static final int CO_E_CLASSSTRING = 0x8004_01F3;

    ComObject object() {
        return ComObject.named("OpcEnum")
                .with(IOPCServerList.DEF, new First())
                .with(IOPCServerList2.DEF, new Second())
                .build();
    }

    /** Of the categories that are asked for one is enough; none: any. It requires nothing of its clients. */
    private List<Guid> classes(List<Guid> implemented) {
        boolean isListed = implemented.isEmpty()
                || versions.stream().anyMatch(version -> implemented.contains(version.category()));
        return isListed ? List.of(clsid) : List.of();
    }

    private Result<Guid> find(String asked) {
        return asked.equalsIgnoreCase(progId) || asked.equalsIgnoreCase(withoutVersion())
                ? Result.ok(clsid)
                : Result.failure(CO_E_CLASSSTRING);
    }

    private String withoutVersion() {
        return progId.replaceFirst("\\.[0-9]+$", "");
    }

    private final class First implements IOPCServerList {
        @Override
        public Result<Optional<ComPointer<IEnumGUID>>> enumClassesOfCategories(
                List<Guid> implemented, List<Guid> required) {
            return Result.ok(Enumerators.guids(classes(implemented)));
        }

        @Override
        public Result<Optional<ClassDetails>> getClassDetails(Guid asked) {
            return asked.equals(clsid)
                    ? Result.ok(Optional.of(new ClassDetails(progId, userType)))
                    : Result.failure(HResult.REGDB_E_CLASSNOTREG);
        }

        @Override
        public Result<Guid> clsidFromProgId(String asked) {
            return find(asked);
        }
    }

    private final class Second implements IOPCServerList2 {
        @Override
        public Result<Optional<ComPointer<IOPCEnumGUID>>> enumClassesOfCategories(
                List<Guid> implemented, List<Guid> required) {
            return Result.ok(Enumerators.opcGuids(classes(implemented)));
        }

        @Override
        public Result<Optional<ClassDetails>> getClassDetails(Guid asked) {
            return asked.equals(clsid)
                    ? Result.ok(Optional.of(new ClassDetails(progId, userType, withoutVersion())))
                    : Result.failure(HResult.REGDB_E_CLASSNOTREG);
        }

        @Override
        public Result<Guid> clsidFromProgId(String asked) {
            return find(asked);
        }
    }
}
