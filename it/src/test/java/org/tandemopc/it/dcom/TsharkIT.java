package org.tandemopc.it.dcom;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.rpc.BindOffer;
import org.tandemopc.dcom.rpc.ContextElement;
import org.tandemopc.dcom.rpc.EndpointMapper;
import org.tandemopc.dcom.rpc.Pdu;
import org.tandemopc.dcom.rpc.PduCodec;
import org.tandemopc.dcom.rpc.PduHeader;
import org.tandemopc.dcom.rpc.SyntaxId;
import org.tandemopc.dcom.rpc.Tail;

/** That tshark would see what is wrong: the other tests rest on its finding nothing. */
@Timeout(120)
class TsharkIT {
    private static final InetSocketAddress CLIENT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 20_001);
    private static final InetSocketAddress SERVER =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), EndpointMapper.PORT);

    private final Traffic traffic = new Traffic();

    private void send(Bytes pdu) {
        send(1, pdu);
    }

    private void send(long connection, Bytes pdu) {
        send(connection, CLIENT, pdu);
    }

    private void send(long connection, InetSocketAddress client, Bytes pdu) {
        traffic.record(connection, client, SERVER, pdu, pdu);
    }

    private static Bytes bind() {
        BindOffer offer = BindOffer.of(
                4_280, 4_280, 0, List.of(new ContextElement(0, 0, EndpointMapper.SYNTAX, List.of(SyntaxId.NDR))));
        return PduCodec.encode(new Pdu.Bind(PduHeader.whole(0, 1), offer, Tail.NONE));
    }

    /** A lookup, op 2: all entries, no object, no interface, all versions, no handle, one entry. */
    private static Bytes lookup(int stubBytes) {
        byte[] stub = new byte[stubBytes];
        Pdu.Request request = new Pdu.Request(PduHeader.whole(0, 2), 0, 0, 2, null, Bytes.of(stub), Tail.NONE);
        return PduCodec.encode(request);
    }

    @Test
    void whatIsInOrderHasNoDefect() {
        send(bind());
        send(lookup(40));

        Tshark seen = Tshark.read(traffic);

        assertThat(seen.defects()).isEmpty();
        assertThat(seen.pdus()).isEqualTo(2);
    }

    @Test
    void aConnectionFromAPortThatWasUsedBeforeHasNoDefect() {
        for (long connection = 1; connection <= 3; connection++) {
            send(connection, bind());
            send(connection, lookup(40));
        }

        Tshark seen = Tshark.read(traffic);

        assertThat(seen.defects()).isEmpty();
        assertThat(seen.pdus()).isEqualTo(6);
    }

    /** The system chooses a client's port, and on some machines from 1024 up. */
    @ParameterizedTest
    @ValueSource(ints = {1_433, 3_306, 5_060, 6_667, 25_565, 57_000})
    void aConnectionFromAPortThatIsAnothersHasNoDefect(int port) {
        InetSocketAddress client = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        send(1, client, bind());
        send(1, client, lookup(40));

        Tshark seen = Tshark.read(traffic);

        assertThat(seen.defects()).isEmpty();
        assertThat(seen.pdus()).isEqualTo(2);
    }

    @Test
    void aStubThatIsTooShortIsADefect() {
        send(bind());
        send(lookup(30));

        assertThat(Tshark.read(traffic).defects()).isNotEmpty();
    }

    @Test
    void whatIsNoPduIsADefect() {
        send(bind());
        byte[] octets = lookup(40).toArray();
        octets[0] = 6;
        send(Bytes.of(octets));

        assertThat(Tshark.read(traffic).defects()).isNotEmpty();
    }
}
