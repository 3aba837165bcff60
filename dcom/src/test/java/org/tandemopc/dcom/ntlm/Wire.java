package org.tandemopc.dcom.ntlm;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.SecurityStep;

/** Carries the tokens of one login between a client and a server, past somebody who may change them. */
final class Wire {
    /** What comes of a token on the way. */
    @FunctionalInterface
    interface Tamper {
        Tamper NONE = (leg, token) -> token;

        /** @param leg 1 from the client, 2 from the server, and so on */
        Bytes changed(int leg, Bytes token);
    }

    /** Where both ended; tokens as they arrived. */
    record Outcome(SecurityStep client, SecurityStep server, List<Bytes> tokens) {
        boolean isLogin() {
            return client instanceof SecurityStep.Done && server instanceof SecurityStep.Done;
        }

        SecurityStep.Done clientDone() {
            return (SecurityStep.Done) client;
        }

        SecurityStep.Done serverDone() {
            return (SecurityStep.Done) server;
        }

        /** Why, whoever of the two it was. */
        String reason() {
            return server instanceof SecurityStep.Failed(String reason)
                    ? reason
                    : client instanceof SecurityStep.Failed(String clientReason) ? clientReason : "none: " + this;
        }
    }

    private static final int LEGS_MAX = 10;

    private Wire() {}

    static Outcome login(SecurityMechanism client, SecurityMechanism server) {
        return login(client, server, Tamper.NONE);
    }

    /** Until neither has anything more to say. */
    static Outcome login(SecurityMechanism client, SecurityMechanism server, Tamper tamper) {
        List<Bytes> tokens = new ArrayList<>();
        SecurityStep clients = client.step(Bytes.EMPTY);
        SecurityStep servers = new SecurityStep.Continue(Bytes.EMPTY);
        for (int leg = 1; leg < LEGS_MAX; leg++) {
            boolean fromClient = leg % 2 == 1;
            Bytes token = token(fromClient ? clients : servers);
            if (token.isEmpty()) {
                return new Outcome(clients, servers, tokens);
            }
            Bytes arrived = tamper.changed(leg, token);
            tokens.add(arrived);
            if (fromClient) {
                servers = server.step(arrived);
            } else {
                clients = client.step(arrived);
            }
        }
        throw new AssertionError("no end after " + LEGS_MAX + " legs");
    }

    private static Bytes token(SecurityStep step) {
        return switch (step) {
            case SecurityStep.Continue(Bytes token) -> token;
            case SecurityStep.Done done -> done.token();
            case SecurityStep.Failed _ -> Bytes.EMPTY;
        };
    }
}
