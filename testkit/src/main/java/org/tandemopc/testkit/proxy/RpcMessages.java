package org.tandemopc.testkit.proxy;

import java.nio.ByteBuffer;
import java.util.function.Predicate;

/** PDUs of connection-oriented DCE RPC, whose bodies are not encrypted (C706 chapter 12, [MS-RPCE] 2.2.2). Pure. */
public final class RpcMessages {
    /** The common header, which has the length of all at 8. */
    public static final Framer FRAMER = RpcMessages::length;

    private static final int HEADER_BYTES = 16;
    private static final int VERSION = 5;
    private static final int RESPONSE = 2;
    private static final int LITTLE_ENDIAN = 0x10;
    private static final int WHOLE = 3;
    private static final int HINT_AT = 16;
    private static final int STUB_AT = 24;
    /** ORPCTHAT without extensions, and the pointer to the array behind the parameters that come first. */
    private static final int ORPCTHAT_BYTES = 8;

    private static final int INT = 4;

    private RpcMessages() {}

    private static int length(ByteBuffer start) {
        if (start.remaining() < HEADER_BYTES) {
            return 0;
        }
        int at = start.position();
        int size = start.getShort(at + 8) & 0xFFFF;
        if (start.get(at) != VERSION || start.get(at + 4) != LITTLE_ENDIAN || size < HEADER_BYTES) {
            throw new IllegalStateException("not a PDU of RPC: version %d, size %d".formatted(start.get(at), size));
        }
        return size;
    }

    /**
     * Answers of DCOM, in one fragment, that end with an array of so many HRESULTs, all of them S_OK, and with the HRESULT S_OK: the
     * answers of IOPCSyncIO::Write, and of calls like it.
     *
     * @param intsBefore parameters of 4 bytes that come before the array: 1 for IOPCAsyncIO2::Write, which answers a cancel id
     */
    public static Predicate<ByteBuffer> ofResults(int intsBefore, int count) {
        int pointerAt = STUB_AT + ORPCTHAT_BYTES + intsBefore * INT;
        int stub = ORPCTHAT_BYTES + (intsBefore + 2 + count + 1) * INT;
        return pdu -> {
            int at = pdu.position();
            if (pdu.remaining() < STUB_AT + stub
                    || pdu.get(at + 2) != RESPONSE
                    || (pdu.get(at + 3) & WHOLE) != WHOLE
                    || pdu.getInt(at + HINT_AT) != stub
                    || pdu.getInt(at + pointerAt) == 0
                    || pdu.getInt(at + pointerAt + INT) != count) {
                return false;
            }
            int errors = 0;
            for (int i = 0; i <= count; i++) {
                errors |= pdu.getInt(at + pointerAt + (2 + i) * INT);
            }
            return errors == 0;
        };
    }
}
