package org.tandemopc.relay.ua.front;

import java.util.List;
import org.tandemopc.relay.ua.security.ApplicationCertificate;
import org.tandemopc.relay.ua.security.OwnCertificates;

/** The certificate of the door, which may be renewed while it is open. Any thread. */
public interface FrontIdentity {
    /** What new channels use and what endpoints show. */
    ApplicationCertificate present();

    /** The present one first, then those that living channels may still use; few. */
    List<ApplicationCertificate> known();

    /** One that stays. */
    static FrontIdentity fixed(ApplicationCertificate certificate) {
        return new FrontIdentity() {
            @Override
            public ApplicationCertificate present() {
                return certificate;
            }

            @Override
            public List<ApplicationCertificate> known() {
                return List.of(certificate);
            }
        };
    }

    /** The front one of Tandem's own. */
    static FrontIdentity of(OwnCertificates own) {
        return new FrontIdentity() {
            @Override
            public ApplicationCertificate present() {
                return own.front();
            }

            @Override
            public List<ApplicationCertificate> known() {
                return own.knownFronts();
            }
        };
    }
}
