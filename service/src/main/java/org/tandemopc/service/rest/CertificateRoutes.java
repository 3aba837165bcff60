package org.tandemopc.service.rest;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tandemopc.relay.Certificates;
import org.tandemopc.service.users.Role;

/** Whose certificates are trusted. */
final class CertificateRoutes {
    private static final String CERTIFICATES = "/api/v1/certificates";

    private final ServiceFacade service;

    CertificateRoutes(ServiceFacade service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, CERTIFICATES, call -> list()),
                Route.post(CERTIFICATES + "/trust", call -> change(call, Certificates::trust)),
                Route.post(CERTIFICATES + "/remove", call -> change(call, Certificates::remove)));
    }

    private Reply list() throws Problem {
        try {
            return Reply.ok(Map.of(
                    "certificates",
                    service.someCertificates().entries().stream()
                            .map(Views::certificate)
                            .toList()));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private interface Change {
        void make(Certificates certificates, Certificates.Side side, String thumbprint) throws IOException;
    }

    private Reply change(Call call, Change change) throws Problem {
        String wanted = call.text("side");
        Certificates.Side side = Arrays.stream(Certificates.Side.values())
                .filter(s -> s.name().toLowerCase(Locale.ROOT).equals(wanted))
                .findFirst()
                .orElseThrow(() -> Problem.badRequest("'side' is clients or members."));
        String thumbprint = call.text("thumbprint").toLowerCase(Locale.ROOT).replace(":", "");
        if (!thumbprint.matches("[0-9a-f]{40}")) {
            throw Problem.badRequest("A thumbprint has 40 hexadecimal digits.");
        }
        try {
            change.make(service.someCertificates(), side, thumbprint);
        } catch (IllegalArgumentException e) {
            throw new Problem(
                    404, "no-such-certificate", String.valueOf(e.getMessage()), "'tandem trust list' lists them.");
        } catch (IOException e) {
            throw unreadable(e);
        }
        return Reply.ok(Map.of("side", wanted, "thumbprint", thumbprint));
    }

    private static Problem unreadable(IOException e) {
        return new Problem(
                500,
                "files",
                "The certificates' folders cannot be used: " + e.getMessage() + ".",
                "Check their permissions.");
    }
}
