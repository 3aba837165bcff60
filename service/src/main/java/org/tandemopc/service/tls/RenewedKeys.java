package org.tandemopc.service.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.config.RestConfig;
import org.tandemopc.core.config.RestTls;

/**
 * Key and certificate of the REST interface as their files say, also once others are in these: for the connections that come
 * then. Those that are there keep theirs. A new file that cannot be used changes nothing, and is said in the log. Handshakes on
 * any thread; {@link #look} on one.
 */
public final class RenewedKeys {
    private static final Logger LOG = LoggerFactory.getLogger(RenewedKeys.class);

    private final RestTls tls;
    private final RestConfig config;
    private final Path dataFolder;
    private final TlsFiles.Place place;
    private final InstantSource clock;
    private final SSLContext context;
    private volatile Use use;

    // of the thread that looks
    private String loaded;
    private String seen;
    private String complaint = "";

    /** A key manager cannot be changed; what is looked for in one is found there, though another has come meanwhile. */
    private record Use(
            int number,
            TlsFiles.Pair pair,
            X509ExtendedKeyManager manager,
            @Nullable Use before) {}

    private RenewedKeys(RestTls tls, RestConfig config, Path dataFolder, InstantSource clock) throws IOException {
        this.tls = tls;
        this.config = config;
        this.dataFolder = dataFolder;
        this.clock = clock;
        this.place = TlsFiles.place(tls, dataFolder);
        TlsFiles.Pair pair = read();
        this.loaded = state();
        this.seen = loaded;
        try {
            this.use = new Use(0, pair, manager(pair), null);
            this.context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new Newest()}, null, null);
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /**
     * Reads them, or makes those of our own.
     *
     * @param config whose names a certificate of our own is for
     * @throws IOException with a sentence for people: files that are not there, not readable, open to others, not a pair
     */
    public static RenewedKeys open(RestTls tls, RestConfig config, Path dataFolder) throws IOException {
        return open(tls, config, dataFolder, InstantSource.system());
    }

    static RenewedKeys open(RestTls tls, RestConfig config, Path dataFolder, InstantSource clock) throws IOException {
        return new RenewedKeys(tls, config, dataFolder, clock);
    }

    /** For servers; the same for good. */
    public SSLContext context() {
        return context;
    }

    /**
     * Reads the files anew if there is something else in them, or makes a certificate of our own anew whose end is near. Files
     * count once two looks have found them alike: whoever renews them writes one after the other. Blocking.
     */
    public void look() {
        String now = state();
        boolean hasChanged = !now.equals(loaded);
        boolean isAtRest = now.equals(seen);
        seen = now;
        if (!hasChanged && !hasOwnNearItsEnd()) {
            complaint = "";
        } else if (isAtRest) {
            renew();
        }
    }

    private void renew() {
        try {
            String before = state();
            TlsFiles.Pair pair = hasOwnNearItsEnd() ? read() : TlsFiles.read(place.certificate(), place.key());
            X509ExtendedKeyManager manager = manager(pair);
            Use last = use;
            // One before the newest is enough: a handshake has an end, and renewals are seldom.
            use = new Use(last.number() + 1, pair, manager, new Use(last.number(), last.pair(), last.manager(), null));
            loaded = tls instanceof RestTls.Own ? state() : before;
            seen = loaded;
            complaint = "";
            LOG.info(
                    "New connections to the console get the certificate that {} holds now, until {}; SHA-256 {}.",
                    place.certificate(),
                    pair.certificate().getNotAfter().toInstant(),
                    TlsFiles.fingerprint(pair.certificate()));
        } catch (IOException | GeneralSecurityException e) {
            complain(String.valueOf(e.getMessage()));
        }
    }

    private boolean hasOwnNearItsEnd() {
        return tls instanceof RestTls.Own && TlsFiles.isNearItsEnd(use.pair().certificate(), clock.instant());
    }

    private void complain(String why) {
        if (!why.equals(complaint)) {
            LOG.warn(
                    "The console's certificate stays the one from before, until {}: {}",
                    use.pair().certificate().getNotAfter().toInstant(),
                    why);
        }
        complaint = why;
    }

    private TlsFiles.Pair read() throws IOException {
        return switch (tls) {
            case RestTls.Own _ -> TlsFiles.own(config, dataFolder.resolve(TlsFiles.FOLDER), clock.instant());
            case RestTls.Files _ -> TlsFiles.read(place.certificate(), place.key());
        };
    }

    /** What changes when one of the files does. */
    private String state() {
        return state(place.certificate()) + " " + state(place.key());
    }

    private static String state(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.lastModifiedTime() + "/" + attributes.size() + "/" + attributes.fileKey();
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        }
    }

    private static X509ExtendedKeyManager manager(TlsFiles.Pair pair) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry("console", pair.key(), new char[0], pair.chain().toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        for (KeyManager each : keys.getKeyManagers()) {
            if (each instanceof X509ExtendedKeyManager manager) {
                return manager;
            }
        }
        throw new GeneralSecurityException("this Java has no key manager for X.509");
    }

    private IOException unusable(GeneralSecurityException e) {
        return new IOException(
                "Key and certificate for the console (" + place.certificate() + ") cannot be used: " + e.getMessage()
                        + ".",
                e);
    }

    /** Each alias says in which one it was found: a handshake asks thrice, and must get a key and its own certificate. */
    private final class Newest extends X509ExtendedKeyManager {
        private static final String SEPARATOR = "/";

        private @Nullable Use of(String alias) {
            int end = alias.indexOf(SEPARATOR);
            String number = alias.substring(0, Math.max(0, end));
            for (Use each = use; each != null; each = each.before()) {
                if (String.valueOf(each.number()).equals(number)) {
                    return each;
                }
            }
            return null;
        }

        private static String inner(String alias) {
            return alias.substring(alias.indexOf(SEPARATOR) + 1);
        }

        private static @Nullable String outer(Use use, @Nullable String alias) {
            return alias == null ? null : use.number() + SEPARATOR + alias;
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            Use newest = use;
            return outer(newest, newest.manager().chooseEngineServerAlias(keyType, issuers, engine));
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            Use newest = use;
            return outer(newest, newest.manager().chooseServerAlias(keyType, issuers, socket));
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            Use of = of(alias);
            return of == null ? null : of.manager().getCertificateChain(inner(alias));
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            Use of = of(alias);
            return of == null ? null : of.manager().getPrivateKey(inner(alias));
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return null; // asked by nobody who serves
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null; // for servers only
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null; // for servers only
        }
    }
}
