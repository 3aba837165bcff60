package org.tandemopc.relay.ua.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Provider;
import java.security.Security;
import java.time.Duration;
import java.util.Arrays;
import javax.crypto.Cipher;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Await;

/** The algorithms that the JDK has not. */
class SecurityPoliciesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void algorithmsAreThereOnceHoweverOftenAndFromWhereverTheyAreAskedFor() throws Exception {
        SecurityPolicies.prepare();
        SecurityPolicies.makeAvailable();
        SecurityPolicies.prepare();

        Await.until(
                "threads have ended",
                PATIENCE,
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("ua-algorithms")));
        assertThat(Arrays.stream(Security.getProviders())
                        .map(Provider::getName)
                        .filter(BouncyCastleProvider.PROVIDER_NAME::equals))
                .hasSize(1);
        assertThat(Cipher.getInstance("RSA/NONE/OAEPWITHSHA256ANDMGF1PADDING").getProvider())
                .isInstanceOf(BouncyCastleProvider.class);
    }
}
