package org.tandemopc.relay.da.back;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.IOPCAsyncIO2;
import org.tandemopc.opcda.IOPCAsyncIO3;
import org.tandemopc.opcda.IOPCBrowse;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.IOPCGroupStateMgt2;
import org.tandemopc.opcda.IOPCItemDeadbandMgt;
import org.tandemopc.opcda.IOPCItemIO;
import org.tandemopc.opcda.IOPCItemProperties;
import org.tandemopc.opcda.IOPCItemSamplingMgt;
import org.tandemopc.opcda.IOPCSyncIO2;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCSecurityNT;
import org.tandemopc.opcda.common.IOPCSecurityPrivate;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IDataObject;

/**
 * Which interfaces a server of OPC DA offers beyond those that every one has (DA 3.0 4.1, DA 2.05a 4.1). Immutable, pure.
 *
 * @param server IIDs of server objects
 * @param group IIDs of groups
 */
public record Offered(Set<Guid> server, Set<Guid> group) {
    /** What is asked of a server object; IOPCServer it has anyhow. */
    static final List<InterfaceDef<?>> OF_SERVERS = List.of(
            IOPCCommon.DEF,
            IConnectionPointContainer.DEF,
            IOPCBrowseServerAddressSpace.DEF,
            IOPCItemProperties.DEF,
            IOPCBrowse.DEF,
            IOPCItemIO.DEF,
            IOPCSecurityNT.DEF,
            IOPCSecurityPrivate.DEF);

    /** What is asked of a group; IOPCItemMgt, IOPCGroupStateMgt and IOPCSyncIO it has anyhow. */
    static final List<InterfaceDef<?>> OF_GROUPS = List.of(
            IOPCAsyncIO.DEF,
            IDataObject.DEF,
            IOPCAsyncIO2.DEF,
            IConnectionPointContainer.DEF,
            IOPCGroupStateMgt2.DEF,
            IOPCSyncIO2.DEF,
            IOPCAsyncIO3.DEF,
            IOPCItemDeadbandMgt.DEF,
            IOPCItemSamplingMgt.DEF);

    /** A server of DA 2.05a that can be browsed. */
    public static final Offered DA_2_05A = of(
            List.of(
                    IOPCCommon.DEF,
                    IConnectionPointContainer.DEF,
                    IOPCBrowseServerAddressSpace.DEF,
                    IOPCItemProperties.DEF),
            List.of(IOPCAsyncIO2.DEF, IConnectionPointContainer.DEF));

    /** What a server must have to be of a version, beside what every one has. */
    private static final Offered DA_1_0_REQUIRED = of(List.of(), List.of(IOPCAsyncIO.DEF, IDataObject.DEF));

    private static final Offered DA_2_05A_REQUIRED = of(
            List.of(IOPCCommon.DEF, IConnectionPointContainer.DEF, IOPCItemProperties.DEF),
            List.of(IOPCAsyncIO2.DEF, IConnectionPointContainer.DEF));

    private static final Offered DA_3_0_REQUIRED = of(
            List.of(IOPCCommon.DEF, IConnectionPointContainer.DEF, IOPCBrowse.DEF, IOPCItemIO.DEF),
            List.of(
                    IOPCAsyncIO2.DEF,
                    IConnectionPointContainer.DEF,
                    IOPCGroupStateMgt2.DEF,
                    IOPCSyncIO2.DEF,
                    IOPCAsyncIO3.DEF,
                    IOPCItemDeadbandMgt.DEF));

    public Offered {
        server = Set.copyOf(server);
        group = Set.copyOf(group);
    }

    static Offered of(List<InterfaceDef<?>> server, List<InterfaceDef<?>> group) {
        return new Offered(iids(server), iids(group));
    }

    private static Set<Guid> iids(List<InterfaceDef<?>> all) {
        return all.stream().map(InterfaceDef::iid).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * What the clients of a pair are offered: what its members have in common, as far as they are known.
     *
     * @param members empty: never reached. Of none of them known: {@link #DA_2_05A}
     */
    public static Offered mirrored(List<Optional<Offered>> members) {
        return members.stream()
                .flatMap(Optional::stream)
                .reduce(Offered::common)
                .orElse(DA_2_05A);
    }

    private Offered common(Offered other) {
        return new Offered(common(server, other.server), common(group, other.group));
    }

    private static Set<Guid> common(Set<Guid> one, Set<Guid> other) {
        Set<Guid> both = new HashSet<>(one);
        both.retainAll(other);
        return both;
    }

    /** Without some of the interfaces. */
    public Offered without(Set<Guid> iids) {
        return new Offered(without(server, iids), without(group, iids));
    }

    private static Set<Guid> without(Set<Guid> all, Set<Guid> iids) {
        Set<Guid> left = new HashSet<>(all);
        left.removeAll(iids);
        return left;
    }

    public boolean onServer(InterfaceDef<?> type) {
        return server.contains(type.iid());
    }

    public boolean onGroup(InterfaceDef<?> type) {
        return group.contains(type.iid());
    }

    /** The component categories of such a server: one for each version of which it has all that is required. */
    public Set<Guid> categories() {
        Set<Guid> all = new LinkedHashSet<>();
        Stream.of(
                        new Version(OpcDa.CATID_OPCDASERVER10, DA_1_0_REQUIRED),
                        new Version(OpcDa.CATID_OPCDASERVER20, DA_2_05A_REQUIRED),
                        new Version(OpcDa.CATID_OPCDASERVER30, DA_3_0_REQUIRED))
                .filter(version -> has(version.required()))
                .forEach(version -> all.add(version.category()));
        return all;
    }

    private record Version(Guid category, Offered required) {}

    private boolean has(Offered required) {
        return server.containsAll(required.server) && group.containsAll(required.group);
    }
}
