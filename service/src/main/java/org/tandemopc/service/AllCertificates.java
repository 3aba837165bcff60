package org.tandemopc.service;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.tandemopc.relay.Certificates;
import org.tandemopc.relay.Protocol;

/** The certificates of the protocol that has them, whichever is in use at that moment. */
final class AllCertificates implements Certificates {
    private final FrontDoors doors;

    AllCertificates(FrontDoors doors) {
        this.doors = doors;
    }

    private Optional<Certificates> known() {
        return doors.all().stream()
                .map(Protocol::certificates)
                .flatMap(Optional::stream)
                .findFirst();
    }

    @Override
    public List<Entry> entries() throws IOException {
        Optional<Certificates> known = known();
        return known.isEmpty() ? List.of() : known.get().entries();
    }

    private Certificates required() {
        return known().orElseThrow(() ->
                new IllegalArgumentException("No pair of OPC UA is configured, so there are no certificates."));
    }

    @Override
    public void trust(Side side, String thumbprint) throws IOException {
        required().trust(side, thumbprint);
    }

    @Override
    public void remove(Side side, String thumbprint) throws IOException {
        required().remove(side, thumbprint);
    }
}
