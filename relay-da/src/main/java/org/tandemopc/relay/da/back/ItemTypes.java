package org.tandemopc.relay.da.back;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCBrowse;
import org.tandemopc.opcda.IOPCItemProperties;
import org.tandemopc.opcda.OpcItemProperties;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/**
 * Canonical data types of items as monitor items have them (MON-7): property 1 (DA 3.0 6.4.1), by IOPCBrowse for many items at once, else
 * by IOPCItemProperties one by one. Only a help: what a server does not say, or not in time, is left out.
 */
final class ItemTypes {
    private static final int DATA_TYPE = 1;
    private static final int BATCH = 100;

    private final DaConnection connection;

    ItemTypes(DaConnection connection) {
        this.connection = connection;
    }

    /** By item id; those that are known. */
    Map<String, String> of(List<String> ids, Deadline deadline) {
        Map<String, String> types = new HashMap<>();
        try {
            Optional<ComPointer<IOPCBrowse>> newer = connection.find(IOPCBrowse.DEF, deadline);
            if (newer.isPresent()) {
                together(newer.get().within(deadline), ids, types);
                return types;
            }
            Optional<ComPointer<IOPCItemProperties>> older = connection.find(IOPCItemProperties.DEF, deadline);
            if (older.isPresent()) {
                oneByOne(older.get().within(deadline), ids, types);
            }
        } catch (LinkException | RpcFaultException e) {
            // those that are known by now
        }
        return types;
    }

    private static void together(IOPCBrowse server, List<String> ids, Map<String, String> types)
            throws LinkException, RpcFaultException {
        for (int first = 0; first < ids.size(); first += BATCH) {
            List<String> some = ids.subList(first, Math.min(first + BATCH, ids.size()));
            Result<List<OpcItemProperties>> told = server.getProperties(some, true, Ints.of(DATA_TYPE));
            for (int i = 0;
                    told.isSuccess() && i < Math.min(some.size(), told.value().size());
                    i++) {
                String id = some.get(i);
                told.value().get(i).properties().stream()
                        .findFirst()
                        .flatMap(property -> label(property.value()))
                        .ifPresent(label -> types.put(id, label));
            }
        }
    }

    private static void oneByOne(IOPCItemProperties server, List<String> ids, Map<String, String> types)
            throws LinkException, RpcFaultException {
        for (String id : ids) {
            Result<PerItem<Variant>> told = server.getItemProperties(id, Ints.of(DATA_TYPE));
            if (told.isSuccess() && !told.value().values().isEmpty()) {
                label(told.value().values().getFirst()).ifPresent(label -> types.put(id, label));
            }
        }
    }

    /** Of the VARTYPE; arrays and what cannot be compared have none. */
    private static Optional<String> label(Variant type) {
        int code = switch (type) {
            case Variant.I2 two -> two.value();
            case Variant.I4 four -> four.value();
            default -> 0;
        };
        return Arrays.stream(MonitorType.values())
                .filter(one -> one != MonitorType.DEFAULT && MonitorVariants.typeOf(one) == code)
                .map(MonitorType::label)
                .findFirst();
    }
}
