package org.tandemopc.relay.da.back;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.ActivationException;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.common.IOPCEnumGUID;
import org.tandemopc.opcda.common.IOPCServerList;
import org.tandemopc.opcda.common.IOPCServerList2;
import org.tandemopc.opcda.ole.IEnumGUID;

/**
 * OpcEnum of a host, which knows the OPC servers there (OPC Common 1.10 8): by IOPCServerList2, and by IOPCServerList where that is not
 * there. Calls block until their deadline; any thread.
 */
final class OpcEnum implements AutoCloseable {
    private static final int BATCH = 100;

    private final Result<ComPointer<IUnknown>> second;
    private final Result<ComPointer<IUnknown>> first;

    private OpcEnum(Result<ComPointer<IUnknown>> second, Result<ComPointer<IUnknown>> first) {
        this.second = second;
        this.first = first;
    }

    /** A class as people know it. @param name a vendor's, for people */
    record Details(String progId, String name, String versionIndependentProgId) {}

    /**
     * @throws ActivationException the host answers, and gives no OpcEnum: not installed, or not for this account
     * @throws LinkException the host cannot be reached, or not in time
     */
    static OpcEnum open(DcomClient client, RemoteHost host, Deadline deadline) throws LinkException, RpcFaultException {
        Result<List<Result<ComPointer<IUnknown>>>> made = client.activate(
                host,
                OpcDa.CLSID_OPCSERVERLIST,
                List.of(IOPCServerList2.DEF.iid(), IOPCServerList.DEF.iid()),
                deadline);
        int hresult = made.hresult();
        if (made.isSuccess()) {
            OpcEnum open = new OpcEnum(made.value().getFirst(), made.value().getLast());
            if (open.second.isSuccess() || open.first.isSuccess()) {
                return open;
            }
            hresult = open.first.hresult();
        }
        String why = hresult == HResult.REGDB_E_CLASSNOTREG ? "it is not installed there" : OpcResult.describe(hresult);
        throw new ActivationException("OpcEnum of %s is not to be had: %s".formatted(host, why), hresult);
    }

    private Optional<IOPCServerList2> second(Deadline deadline) {
        return second.isSuccess()
                ? Optional.of(second.value().as(IOPCServerList2.DEF).within(deadline))
                : Optional.empty();
    }

    private IOPCServerList first(Deadline deadline) {
        return first.value().as(IOPCServerList.DEF).within(deadline);
    }

    /** @return a failure: it knows no such ProgID */
    Result<Guid> clsidOf(String progId, Deadline deadline) throws LinkException, RpcFaultException {
        Optional<IOPCServerList2> newer = second(deadline);
        Result<Guid> found = newer.isPresent()
                ? newer.get().clsidFromProgId(progId)
                : first(deadline).clsidFromProgId(progId);
        // that of no class, with which some say that there is none
        return found.isSuccess() && found.value().equals(Guid.NULL) ? Result.failure(HResult.E_FAIL) : found;
    }

    /** @return empty: it knows no such class, or does not say how it is called */
    Optional<Details> details(Guid clsid, Deadline deadline) throws LinkException, RpcFaultException {
        Optional<IOPCServerList2> newer = second(deadline);
        if (newer.isPresent()) {
            Result<Optional<IOPCServerList2.ClassDetails>> told = newer.get().getClassDetails(clsid);
            return told.isSuccess()
                    ? told.value().map(one -> new Details(one.progId(), one.userType(), one.versionIndependentProgId()))
                    : Optional.empty();
        }
        Result<Optional<IOPCServerList.ClassDetails>> told = first(deadline).getClassDetails(clsid);
        return told.isSuccess()
                ? told.value().map(one -> new Details(one.progId(), one.userType(), ""))
                : Optional.empty();
    }

    /**
     * The classes of a category.
     *
     * @param most that are given
     * @throws ActivationException it does not list them
     */
    List<Guid> classesOf(Guid category, int most, Deadline deadline) throws LinkException, RpcFaultException {
        Optional<IOPCServerList2> newer = second(deadline);
        if (newer.isPresent()) {
            ComPointer<IOPCEnumGUID> listed = listed(newer.get().enumClassesOfCategories(List.of(category), List.of()));
            try (listed) {
                return all(listed.within(deadline)::next, most);
            }
        }
        ComPointer<IEnumGUID> listed = listed(first(deadline).enumClassesOfCategories(List.of(category), List.of()));
        try (listed) {
            return all(listed.within(deadline)::next, most);
        }
    }

    private static <T> ComPointer<T> listed(Result<Optional<ComPointer<T>>> answer) throws ActivationException {
        if (!answer.isSuccess() || answer.value().isEmpty()) {
            throw new ActivationException(
                    "OpcEnum lists no servers: " + OpcResult.describe(answer.hresult()), answer.hresult());
        }
        return answer.value().get();
    }

    private interface Next {
        Result<List<Guid>> next(long count) throws LinkException, RpcFaultException;
    }

    private static List<Guid> all(Next more, int most) throws LinkException, RpcFaultException {
        List<Guid> all = new ArrayList<>();
        boolean isMore = true;
        while (isMore && all.size() < most) {
            Result<List<Guid>> some = more.next(Math.min(BATCH, most - all.size()));
            if (some.isSuccess()) {
                all.addAll(some.value());
            }
            // fewer than asked for is not the end to all of them; none is
            isMore = some.isSuccess() && !some.value().isEmpty();
        }
        return List.copyOf(all.subList(0, Math.min(most, all.size())));
    }

    @Override
    public void close() {
        if (second.isSuccess()) {
            second.value().close();
        }
        if (first.isSuccess()) {
            first.value().close();
        }
    }
}
