package org.tandemopc.relay.ua;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.tandemopc.relay.Certificates;
import org.tandemopc.relay.ua.security.CertificateText;
import org.tandemopc.relay.ua.security.OwnCertificates;
import org.tandemopc.relay.ua.security.PeerCertificates;

/** The folders of both sides as data. Any thread; blocks on files. */
final class UaCertificates implements Certificates {
    private final OwnCertificates own;
    private final PeerCertificates clients;
    private final PeerCertificates members;

    UaCertificates(OwnCertificates own, PeerCertificates clients, PeerCertificates members) {
        this.own = own;
        this.clients = clients;
        this.members = members;
    }

    @Override
    public List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try {
            entries.add(entry(Side.CLIENTS, State.OWN, own.front().certificate()));
            entries.add(entry(Side.MEMBERS, State.OWN, own.back().certificate()));
            for (Side side : Side.values()) {
                add(entries, side, State.TRUSTED, peers(side).trusted());
                add(entries, side, State.ISSUER, peers(side).issuers());
                add(entries, side, State.REFUSED, peers(side).refused());
            }
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
        return List.copyOf(entries);
    }

    @Override
    public void trust(Side side, String thumbprint) throws IOException {
        if (!peers(side).trust(thumbprint.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("Among the refused certificates of " + words(side)
                    + " there is none with thumbprint " + printable(thumbprint) + ".");
        }
    }

    @Override
    public void remove(Side side, String thumbprint) throws IOException {
        if (!peers(side).remove(thumbprint.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("Among the certificates of " + words(side)
                    + " there is none with thumbprint " + printable(thumbprint) + ".");
        }
    }

    private PeerCertificates peers(Side side) {
        return side == Side.CLIENTS ? clients : members;
    }

    private static void add(List<Entry> entries, Side side, State state, Collection<X509Certificate> certificates) {
        certificates.stream()
                .map(certificate -> entry(side, state, certificate))
                .sorted(Comparator.comparing(Entry::thumbprint))
                .distinct()
                .forEach(entries::add);
    }

    private static Entry entry(Side side, State state, X509Certificate certificate) {
        return new Entry(
                side,
                state,
                CertificateText.thumbprint(certificate),
                CertificateText.subject(certificate),
                CertificateText.applicationUri(certificate),
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
    }

    private static String words(Side side) {
        return side.name().toLowerCase(Locale.ROOT);
    }

    private static String printable(String thumbprint) {
        return thumbprint.matches("[0-9a-fA-F]{1,64}") ? thumbprint : "of that form";
    }
}
