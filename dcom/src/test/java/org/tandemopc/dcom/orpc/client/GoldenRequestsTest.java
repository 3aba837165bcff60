package org.tandemopc.dcom.orpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.wire.ActivationProperties;
import org.tandemopc.dcom.orpc.wire.ActivationProperties.Direction;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.orpc.wire.IRemUnknown;
import org.tandemopc.dcom.vectors.VectorFile;

/**
 * What this client sends is, structure by structure, what clients of other makers send, which Windows has served for years. That
 * the structures are the same octets is shown in {@code orpc.wire}.
 */
class GoldenRequestsTest {
    private static final Guid CLASS = Guid.of("f8582cf2-88fb-11d0-b850-00c0f0104305");
    private static final Guid OPC_SERVER = Guid.of("39c13a4d-011e-11d0-9675-0020afd8adb3");

    private static NdrReader stub(String name) {
        return NdrReader.over(Bytes.of(VectorFile.named(name).stub()), ByteOrder.LITTLE_ENDIAN);
    }

    @ParameterizedTest
    @CsvSource({
        "impacket/objref-activation-properties-in-opnum-3.hex, 00000001-0000-0000-c000-000000000046",
        "impacket/objref-activation-properties-in-opnum-4.hex, 39c13a4d-011e-11d0-9675-0020afd8adb3"
    })
    void activationAsksAsImpacketDoes(String name, String iid) throws MalformedException {
        Bytes octets = Bytes.of(VectorFile.named(name).pdu());
        ActivationProperties theirs = ActivationProperties.read(new InterfacePointer(octets), Direction.IN);
        InterfacePointer pointer = Activation.properties(new ComVersion(5, 7), CLASS, List.of(Guid.of(iid)));
        ActivationProperties ours = ActivationProperties.read(pointer, Direction.IN);

        assertThat(pointer.objref().size()).isEqualTo(octets.size());
        assertThat(ours.properties())
                .extracting(ActivationProperties.Serialized::clsid)
                .isEqualTo(theirs.properties().stream()
                        .map(ActivationProperties.Serialized::clsid)
                        .toList());
        assertThat(ours.instantiation()).isEqualTo(theirs.instantiation());
        assertThat(ours.context()).isEqualTo(theirs.context());
        assertThat(ours.location()).isEqualTo(theirs.location());
        assertThat(ours.scmRequest()).isEqualTo(theirs.scmRequest());
    }

    @Test
    void olderActivationAsksAsNodeDoes() throws MalformedException {
        NdrReader in = stub("node/connect-req-iactivation-remoteactivation.hex");
        assertThat(OrpcThis.read(in).flags()).isZero();
        assertThat(IActivation.Request.read(in)).isEqualTo(Activation.request(CLASS, List.of(OPC_SERVER), 0));
    }

    @Test
    void resolutionAsksAsImpacketDoes() throws MalformedException {
        IObjectExporter.ResolveOxidRequest theirs =
                IObjectExporter.ResolveOxidRequest.read(stub("impacket/other-req-iobjectexporter-resolveoxid2.hex"));
        assertThat(theirs.protseqs()).isEqualTo(Resolver.TOWERS);
    }

    /** Five references at a time. */
    @Test
    void queriesAskAsNodeDoes() throws MalformedException {
        NdrReader in = stub("node/connect-req-iremunknown-remqueryinterface.hex");
        OrpcThis header = OrpcThis.read(in);
        assertThat(header.extents()).isEmpty();
        IRemUnknown.QueryInterfaceRequest theirs = IRemUnknown.QueryInterfaceRequest.read(in);
        assertThat(theirs.refs()).isEqualTo(RemoteExporter.REFERENCES_ASKED);
        assertThat(theirs.iids()).hasSize(1);
    }
}
