package org.tandemopc.it.pair;

import org.eclipse.milo.opcua.sdk.client.identity.UsernameProvider;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.tandemopc.it.client.ClientCertificate;
import org.tandemopc.it.client.StreamClient;

/** How client, Tandem and members talk to each other: all in the same way. */
public enum Security {
    /** In the clear, as nobody in particular. */
    NONE {
        @Override
        public String[] ofSimulator() {
            return new String[0];
        }

        @Override
        public PairSpec of(PairSpec pair) {
            return pair;
        }

        @Override
        public StreamClient connect(String url) throws UaException {
            return StreamClient.connect(url);
        }

        @Override
        public String ofNode() {
            return "None";
        }
    },
    /** Basic256Sha256, SignAndEncrypt, user name and password. */
    SECURED {
        @Override
        public String[] ofSimulator() {
            return new String[] {"--policy", "basic256sha256", "--user", "operator:secret"};
        }

        @Override
        public PairSpec of(PairSpec pair) {
            return pair.withSecurity();
        }

        @Override
        public StreamClient connect(String url) throws UaException {
            return StreamClient.connect(url, Security::isEncrypted, config -> {
                Certificate.OF_ALL.showIn(config);
                config.setIdentityProvider(new UsernameProvider("operator", "secret"));
            });
        }

        @Override
        public String ofNode() {
            return "Basic256Sha256:SignAndEncrypt:operator:secret";
        }
    };

    /** Some servers name the endpoint of the same policy that only signs first, and show fewer nodes there. */
    private static boolean isEncrypted(EndpointDescription endpoint) {
        return endpoint.getSecurityMode() == MessageSecurityMode.SignAndEncrypt
                && SecurityPolicy.Basic256Sha256.getUri().equals(endpoint.getSecurityPolicyUri());
    }

    private static final class Certificate {
        static final ClientCertificate OF_ALL = make();

        private static ClientCertificate make() {
            try {
                return ClientCertificate.make();
            } catch (Exception e) {
                throw new IllegalStateException("no key for clients", e);
            }
        }
    }

    /** Options of a simulated server. */
    public abstract String[] ofSimulator();

    public abstract PairSpec of(PairSpec pair);

    /** A Milo client. */
    public abstract StreamClient connect(String url) throws UaException;

    /** The argument of the scripts in {@code it/node}. */
    public abstract String ofNode();
}
