package org.tandemopc.relay.ua.back;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.net.Socket;
import java.security.KeyPair;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.eclipse.milo.opcua.stack.core.channel.EncodingLimits;
import org.eclipse.milo.opcua.stack.core.encoding.DefaultEncodingContext;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateGenerator;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.security.ApplicationCertificate;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.UaWire;

/** One event loop and what links need, for tests. */
final class Links implements AutoCloseable {
    static final String CLIENT_URI = "urn:tandem:test:client";
    static final long CONNECT_MS = 5_000;

    private static final ClientIdentity SECURED = secured();

    private final NioEventLoopGroup group = new NioEventLoopGroup(1);
    private final ExecutorService crypto = Executors.newFixedThreadPool(2);
    private final HostResolver resolver = new HostResolver();
    final EventLoop loop = group.next();

    private static ClientIdentity secured() {
        try {
            KeyPair keys = SelfSignedCertificateGenerator.generateRsaKeyPair(2048);
            return new ClientIdentity(
                    CLIENT_URI, "urn:tandem", "Tandem", keys, List.of(TestServer.certificate(keys, CLIENT_URI)));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    LinkEnvironment environment(MemberTrust trust, boolean plainPasswords) {
        return new LinkEnvironment(SECURED, trust, resolver, crypto, plainPasswords);
    }

    UaMemberConnector plain(int port) {
        return plain(port, null);
    }

    UaMemberConnector plain(int port, @Nullable String applicationUri) {
        return connector(
                new MemberAddress(
                        0, TestServer.url(port), SecurityPolicy.None, MessageSecurityMode.None, applicationUri),
                environment(MemberTrust.acceptAll(), false));
    }

    UaMemberConnector encrypted(int port, MemberTrust trust) {
        return encrypted(port, environment(trust, false));
    }

    /** As this application. */
    UaMemberConnector encrypted(int port, ApplicationCertificate own) {
        return encrypted(
                port, new LinkEnvironment(ClientIdentity.of(own), MemberTrust.acceptAll(), resolver, crypto, false));
    }

    private UaMemberConnector encrypted(int port, LinkEnvironment environment) {
        return connector(
                new MemberAddress(
                        0,
                        TestServer.url(port),
                        SecurityPolicy.Basic256Sha256,
                        MessageSecurityMode.SignAndEncrypt,
                        null),
                environment);
    }

    UaMemberConnector connector(MemberAddress address, LinkEnvironment environment) {
        return new UaMemberConnector(
                address,
                environment,
                new ConnectAdmission(ConnectAdmission.PER_SECOND_DEFAULT),
                DefaultEncodingContext.INSTANCE);
    }

    /** A plain link to a member of a pair with these namespaces; bodies pass as they do in the relay. */
    UaMemberConnector passing(int port, PairNamespaces namespaces) {
        LinkEnvironment environment = environment(MemberTrust.acceptAll(), false);
        return new UaMemberConnector(
                new MemberAddress(0, TestServer.url(port), SecurityPolicy.None, MessageSecurityMode.None, null),
                () -> environment,
                new ConnectAdmission(ConnectAdmission.PER_SECOND_DEFAULT),
                UaWire.encodingContext(EncodingLimits.DEFAULT),
                namespaces);
    }

    CompletableFuture<MemberSession> connecting(UaMemberConnector connector, UserIdentity identity, long timeoutMs) {
        return connector.connect(loop, identity, new String[0], "test", 60_000, timeoutMs);
    }

    UaMemberSession connect(UaMemberConnector connector, UserIdentity identity) {
        return (UaMemberSession) get(connecting(connector, identity, CONNECT_MS));
    }

    UaMemberSession connect(UaMemberConnector connector) {
        return connect(connector, new UserIdentity.Anonymous());
    }

    static UserIdentity operator() {
        return new UserIdentity.UserName(TestServer.USER, TestServer.PASSWORD);
    }

    /** Runs on the loop, where links are owned. */
    <T> T on(Supplier<T> task) {
        return get(CompletableFuture.supplyAsync(task, loop));
    }

    static ReadRequest read(MemberSession session, long timeoutMs, NodeId... nodes) {
        return new ReadRequest(session.header(timeoutMs), 0.0, TimestampsToReturn.Both, ServerStatus.valuesOf(nodes));
    }

    /** The only value of a read. */
    static DataValue value(UaResponseMessageType response) {
        DataValue[] results = ((ReadResponse) response).getResults();
        assertThat(results).hasSize(1);
        return Objects.requireNonNull(results)[0];
    }

    static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(20, SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns when the peer has closed the connection, fails when it does not. */
    static void awaitEnd(Socket socket) throws IOException {
        socket.setSoTimeout(5_000);
        byte[] sent = socket.getInputStream().readAllBytes();
        assertThat(sent.length).isLessThan(1_000);
    }

    /** The failure of the future, unwrapped. */
    static Throwable failure(CompletableFuture<?> future) {
        try {
            Object value = future.get(20, SECONDS);
            throw new AssertionError("succeeded with " + value);
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    static LinkException linkFailure(CompletableFuture<?> future) {
        return (LinkException) failure(future);
    }

    @Override
    public void close() {
        var unused = group.shutdownGracefully(0, 1, SECONDS);
        crypto.shutdownNow();
        resolver.close();
    }
}
