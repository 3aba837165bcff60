package org.tandemopc.testkit.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** PDUs are told apart, and so are the answers that faults are aimed at. */
class RpcMessagesTest {
    private static final int REQUEST = 0;
    private static final int RESPONSE = 2;
    private static final int POINTER = 0x20000;

    /** @param stub behind ORPCTHAT */
    private static ByteBuffer pdu(int type, int... stub) {
        int length = 32 + stub.length * 4;
        ByteBuffer pdu = ByteBuffer.allocate(length + 24).order(ByteOrder.LITTLE_ENDIAN);
        pdu.put((byte) 5).put((byte) 0).put((byte) type).put((byte) 3).putInt(0x10);
        pdu.putShort((short) pdu.capacity()).putShort((short) 16).putInt(7);
        pdu.putInt(8 + stub.length * 4).putInt(0).putLong(0);
        for (int each : stub) {
            pdu.putInt(each);
        }
        return pdu.rewind();
    }

    @Test
    void aPduIsAsLongAsItsHeaderSays() {
        ByteBuffer pdu = pdu(RESPONSE, 1, 2, 3);

        assertThat(RpcMessages.FRAMER.length(pdu)).isEqualTo(pdu.capacity());
        assertThat(RpcMessages.FRAMER.length(
                        pdu.duplicate().order(ByteOrder.LITTLE_ENDIAN).limit(15)))
                .isZero();
        assertThatThrownBy(() -> RpcMessages.FRAMER.length(ByteBuffer.allocate(16)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anAnswerWithResultsIsToldFromOthers() {
        assertThat(RpcMessages.ofResults(0, 2)).accepts(pdu(RESPONSE, POINTER, 2, 0, 0, 0));
        assertThat(RpcMessages.ofResults(1, 2)).accepts(pdu(RESPONSE, 99, POINTER, 2, 0, 0, 0));
        assertThat(RpcMessages.ofResults(0, 2))
                .rejects(
                        pdu(REQUEST, POINTER, 2, 0, 0, 0),
                        pdu(RESPONSE, 0, 2, 0, 0, 0),
                        pdu(RESPONSE, POINTER, 2, 0, 1, 0),
                        pdu(RESPONSE, POINTER, 2, 0, 0, 1),
                        pdu(RESPONSE, POINTER, 1, 0, 0),
                        pdu(RESPONSE, POINTER, 3, 0, 0, 0, 0),
                        pdu(RESPONSE, 99, POINTER, 2, 0, 0, 0));
    }
}
