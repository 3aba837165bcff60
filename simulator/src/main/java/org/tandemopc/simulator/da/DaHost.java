package org.tandemopc.simulator.da;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcResult;

/** What all objects of one server share. Any thread. */
final class DaHost {
    private static final int BIAS_NONE = 0;

    private final DaAddressSpace space;
    private final DaPlant plant;
    private final DaFaults faults;
    private final DaRates rates;
    private final Set<DaVersion> versions;
    private final Exports exports;
    private final Runnable hurry;
    private final DaProperties properties;
    private final AtomicInteger groupHandles = new AtomicInteger();

    /** What the objects want of the DCOM server. */
    interface Exports {
        void disconnect(ComObject object);

        /** @return false: somebody has a reference */
        boolean retireIfUnreferenced(ComObject object);
    }

    /** @param hurry makes the groups be told the time soon, as there is something to send */
    DaHost(
            DaAddressSpace space,
            DaPlant plant,
            DaFaults faults,
            DaRates rates,
            Set<DaVersion> versions,
            Exports exports,
            Runnable hurry) {
        this.space = space;
        this.plant = plant;
        this.faults = faults;
        this.rates = rates;
        this.versions = Set.copyOf(versions);
        this.exports = exports;
        this.hurry = hurry;
        this.properties = new DaProperties(plant, rates);
    }

    DaAddressSpace space() {
        return space;
    }

    DaPlant plant() {
        return plant;
    }

    DaFaults faults() {
        return faults;
    }

    DaRates rates() {
        return rates;
    }

    DaProperties properties() {
        return properties;
    }

    boolean offers(DaVersion version) {
        return versions.contains(version);
    }

    Exports exports() {
        return exports;
    }

    void hurry() {
        hurry.run();
    }

    /** Of a new group; no other group of the server has it. */
    int nextGroupHandle() {
        return groupHandles.incrementAndGet();
    }

    /** The time zone of groups whose client gives none: the server's, which is UTC wherever it runs. */
    int defaultBias() {
        return BIAS_NONE;
    }

    /** @return OPC_E_INVALIDITEMID: no id has that form; OPC_E_UNKNOWNITEMID; or what was commanded */
    Result<DaItem> find(String id) {
        if (id.isEmpty() || id.charAt(0) == DaAddressSpace.DELIMITER || id.contains("..")) {
            return Result.failure(OpcResult.OPC_E_INVALIDITEMID);
        }
        Optional<Integer> refusal = faults.refusal(id);
        if (refusal.isPresent()) {
            return Result.failure(refusal.get());
        }
        return space.item(id).map(Result::ok).orElseGet(() -> Result.failure(OpcResult.OPC_E_UNKNOWNITEMID));
    }
}
