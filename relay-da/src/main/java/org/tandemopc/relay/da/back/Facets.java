package org.tandemopc.relay.da.back;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** Further interfaces of an object at a member, each asked for when it is first needed and kept from then on. Any thread. */
final class Facets {
    private final ComPointer<?> object;
    private final Runnable heard;
    private final Map<Guid, ComPointer<?>> found = new ConcurrentHashMap<>();

    /** @param heard called when the member has answered */
    Facets(ComPointer<?> object, Runnable heard) {
        this.object = object;
        this.heard = heard;
    }

    /** @return empty: the object has none such */
    <T> Optional<ComPointer<T>> find(InterfaceDef<T> type, Deadline deadline) throws LinkException, RpcFaultException {
        ComPointer<?> known = found.get(type.iid());
        if (known != null) {
            return Optional.of(known.as(type));
        }
        Result<ComPointer<T>> asked = object.queryInterface(type, deadline);
        heard.run();
        if (!asked.isSuccess()) {
            return Optional.empty();
        }
        ComPointer<?> first = found.putIfAbsent(type.iid(), asked.value());
        if (first == null) {
            return Optional.of(asked.value());
        }
        asked.value().close();
        return Optional.of(first.as(type));
    }

    /** Gives back all that were found. */
    void close() {
        found.values().forEach(ComPointer::close);
    }
}
