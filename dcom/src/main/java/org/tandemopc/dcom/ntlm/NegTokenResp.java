package org.tandemopc.dcom.ntlm;

import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * Every token of SPNEGO but the first (RFC 4178 4.2.2). Golden vectors: samba ({@code bind-*spnego-*-02-alter-context.hex}).
 *
 * <pre>
 * [1] SEQUENCE {
 *   [0] negState       ENUMERATED
 *   [1] supportedMech  OID
 *   [2] responseToken  OCTET STRING
 *   [3] mechListMIC    OCTET STRING }
 * </pre>
 *
 * Each may be missing, which is null.
 */
record NegTokenResp(
        @Nullable Integer negState,
        @Nullable Oid supportedMech,
        @Nullable Bytes responseToken,
        @Nullable Bytes mechListMic) {
    static final int ACCEPT_COMPLETED = 0;
    static final int ACCEPT_INCOMPLETE = 1;
    static final int REJECT = 2;
    static final int REQUEST_MIC = 3;

    static NegTokenResp read(Bytes token) throws MalformedException {
        Bytes choice = Der.only(token, Der.context(1), "NegotiationToken").content();
        ByteReader in =
                Der.reader(Der.only(choice, Der.SEQUENCE, "NegTokenResp").content());
        Integer negState = null;
        Oid supportedMech = null;
        Bytes responseToken = null;
        Bytes mechListMic = null;
        int last = -1;
        while (in.remaining() > 0) {
            int at = in.offset();
            Der.Element element = Der.read(in, "NegTokenResp");
            int number = element.tag() - Der.context(0);
            if (number <= last) {
                throw in.malformed("NegTokenResp", at, "has tag 0x%02x out of order".formatted(element.tag()));
            }
            last = number;
            switch (number) {
                case 0 -> negState = negState(element.content());
                case 1 ->
                    supportedMech = new Oid(Der.only(element.content(), Der.OBJECT_IDENTIFIER, "supportedMech")
                            .content());
                case 2 ->
                    responseToken = Der.only(element.content(), Der.OCTET_STRING, "responseToken")
                            .content();
                case 3 ->
                    mechListMic = Der.only(element.content(), Der.OCTET_STRING, "mechListMIC")
                            .content();
                default ->
                    throw in.malformed("NegTokenResp", at, "has the unknown tag 0x%02x".formatted(element.tag()));
            }
        }
        return new NegTokenResp(negState, supportedMech, responseToken, mechListMic);
    }

    private static int negState(Bytes content) throws MalformedException {
        Bytes value = Der.only(content, Der.ENUMERATED, "negState").content();
        ByteReader in = Der.reader(value);
        int state = in.u8("negState");
        in.end();
        if (state > REQUEST_MIC) {
            throw in.malformed("negState", 0, "is " + state);
        }
        return state;
    }

    Bytes toBytes() {
        ByteWriter fields = new ByteWriter();
        if (negState != null) {
            Bytes value = new ByteWriter().u8(negState, "negState").toBytes();
            fields.bytes(Der.write(Der.context(0), Der.write(Der.ENUMERATED, value)));
        }
        if (supportedMech != null) {
            fields.bytes(Der.write(Der.context(1), supportedMech.toDer()));
        }
        if (responseToken != null) {
            fields.bytes(Der.write(Der.context(2), Der.write(Der.OCTET_STRING, responseToken)));
        }
        if (mechListMic != null) {
            fields.bytes(Der.write(Der.context(3), Der.write(Der.OCTET_STRING, mechListMic)));
        }
        return Der.write(Der.context(1), Der.write(Der.SEQUENCE, fields.toBytes()));
    }

    boolean isRejected() {
        return negState != null && negState == REJECT;
    }
}
