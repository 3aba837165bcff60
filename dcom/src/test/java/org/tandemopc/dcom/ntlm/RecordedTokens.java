package org.tandemopc.dcom.ntlm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.vectors.VectorFile;

/** The tokens of logins within the recorded files. */
final class RecordedTokens {
    private static final int BIND = 11;
    private static final int AUTH3 = 16;

    private RecordedTokens() {}

    /** As it stands in bind, bind_ack, alter_context, alter_context_resp or auth3; empty: the file has none. */
    static Optional<Bytes> raw(VectorFile file) {
        byte[] pdu = file.pdu();
        if (NtlmMessage.isNtlm(Bytes.of(pdu))) {
            return Optional.of(Bytes.of(pdu));
        }
        if (pdu[0] != 5 || pdu.length < 16 || pdu[2] < BIND || pdu[2] > AUTH3) {
            return Optional.empty();
        }
        int length = pdu[4] == 0x10
                ? Byte.toUnsignedInt(pdu[10]) | Byte.toUnsignedInt(pdu[11]) << 8
                : Byte.toUnsignedInt(pdu[11]) | Byte.toUnsignedInt(pdu[10]) << 8;
        return length == 0
                ? Optional.empty()
                : Optional.of(Bytes.of(Arrays.copyOfRange(pdu, pdu.length - length, pdu.length)));
    }

    /** The NTLM message, out of SPNEGO where it is in there. */
    static Bytes ntlm(VectorFile file) throws MalformedException {
        Bytes token = raw(file).orElseThrow();
        if (NtlmMessage.isNtlm(token)) {
            return token;
        }
        return Objects.requireNonNull(
                NegTokenInit.isOne(token)
                        ? NegTokenInit.read(token).mechToken()
                        : NegTokenResp.read(token).responseToken());
    }

    static List<Bytes> allNtlm() throws MalformedException {
        List<Bytes> messages = new ArrayList<>();
        for (VectorFile file : VectorFile.all("")) {
            if (raw(file).isPresent()) {
                messages.add(ntlm(file));
            }
            if (file.hasHeader("challenge")) {
                messages.add(Bytes.ofHex(file.header("challenge")));
            }
        }
        return messages;
    }

    static List<Bytes> allSpnego() {
        List<Bytes> tokens = new ArrayList<>();
        for (VectorFile file : VectorFile.all("")) {
            raw(file).filter(token -> !NtlmMessage.isNtlm(token)).ifPresent(tokens::add);
        }
        return tokens;
    }
}
