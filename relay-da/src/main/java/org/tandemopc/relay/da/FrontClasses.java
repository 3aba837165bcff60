package org.tandemopc.relay.da;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.tandemopc.core.config.DaIdentity;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.common.ListedClass;
import org.tandemopc.opcda.common.OpcEnum;

/**
 * What clients can activate at the front door: the class of each pair, and OpcEnum, which lists just those (ALI-7, ADD-7). Whoever may log
 * in may list, from wherever he comes (ALI-8). A pair that is disabled stays listed, as a registered server does that does not run. Any
 * thread.
 */
final class FrontClasses implements Activator {
    private final Map<Guid, Published> pairs = new ConcurrentHashMap<>();

    /** @param make a server object for one client */
    private record Published(
            DaIdentity identity, Supplier<Set<Guid>> categories, Function<ObjectCall, Result<ComObject>> make) {
        ListedClass listed() {
            return new ListedClass(
                    Guid.of(identity.clsid()),
                    identity.progId(),
                    identity.versionIndependentProgId(),
                    identity.userType(),
                    categories.get());
        }
    }

    /** Whether a pair can have the class. */
    boolean isFree(Guid clsid) {
        return !hasClass(clsid);
    }

    /**
     * Publishes a pair.
     *
     * @param categories which versions of Data Access the pair offers at the moment; asked by each list, must return at once
     * @param make called for each activation
     * @throws IllegalArgumentException the class is another pair's, or OpcEnum's
     */
    void add(DaIdentity identity, Supplier<Set<Guid>> categories, Function<ObjectCall, Result<ComObject>> make) {
        Guid clsid = Guid.of(identity.clsid());
        if (clsid.equals(OpcDa.CLSID_OPCSERVERLIST)
                || pairs.putIfAbsent(clsid, new Published(identity, categories, make)) != null) {
            throw new IllegalArgumentException("the class " + identity.braced() + " is taken");
        }
    }

    /** From now on the class is neither activated nor listed. */
    void remove(Guid clsid) {
        pairs.remove(clsid);
    }

    void clear() {
        pairs.clear();
    }

    private List<ListedClass> listed() {
        return pairs.values().stream()
                .map(Published::listed)
                .sorted(Comparator.comparing(ListedClass::progId, String.CASE_INSENSITIVE_ORDER))
                .toList();
    }

    @Override
    public boolean hasClass(Guid clsid) {
        return clsid.equals(OpcDa.CLSID_OPCSERVERLIST) || pairs.containsKey(clsid);
    }

    @Override
    public Result<ComObject> activate(Guid clsid, List<Guid> iids, ObjectCall call) {
        if (clsid.equals(OpcDa.CLSID_OPCSERVERLIST)) {
            return Result.ok(OpcEnum.object(this::listed));
        }
        Published pair = pairs.get(clsid);
        return pair == null
                ? Result.failure(HResult.REGDB_E_CLASSNOTREG)
                : pair.make().apply(call);
    }
}
