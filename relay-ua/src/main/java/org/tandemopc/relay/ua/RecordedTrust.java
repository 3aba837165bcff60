package org.tandemopc.relay.ua;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.relay.ua.back.MemberTrust;
import org.tandemopc.relay.ua.security.CertificateText;

/**
 * Tells people of a member whose certificate is refused: once for each certificate, again after another one was accepted
 * meanwhile (S27). Any thread.
 */
final class RecordedTrust implements MemberTrust {
    private final PairConfig pair;
    private final int member;
    private final MemberTrust trust;
    private final RelayListener listener;
    private final AtomicReference<@Nullable String> told = new AtomicReference<>();

    RecordedTrust(PairConfig pair, int member, MemberTrust trust, RelayListener listener) {
        this.pair = pair;
        this.member = member;
        this.trust = trust;
        this.listener = listener;
    }

    @Override
    public void check(List<X509Certificate> chain, String applicationUri) throws UaException {
        try {
            trust.check(chain, applicationUri);
            told.set(null);
        } catch (UaException e) {
            tell(chain, e);
            throw e;
        }
    }

    private void tell(List<X509Certificate> chain, UaException e) {
        String thumbprint = chain.isEmpty() ? "" : CertificateText.thumbprint(chain.getFirst());
        if (thumbprint.equals(told.getAndSet(thumbprint))) {
            return;
        }
        String detail = e.getMessage() == null ? "no reason given" : e.getMessage();
        String machine = pair.settings().members().get(member).machine();
        listener.record(new PairRecord(
                RecordKind.CERTIFICATE_REFUSED,
                RecordTexts.certificateRefused(pair.name(), member, machine, detail),
                Map.of("thumbprint", thumbprint)));
    }
}
