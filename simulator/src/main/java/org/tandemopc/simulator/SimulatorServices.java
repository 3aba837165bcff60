package org.tandemopc.simulator;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.sdk.server.OpcUaServer;
import org.eclipse.milo.opcua.sdk.server.OpcUaServerConfig;
import org.eclipse.milo.opcua.sdk.server.servicesets.Service;
import org.eclipse.milo.opcua.sdk.server.servicesets.impl.DefaultAttributeServiceSet;
import org.eclipse.milo.opcua.sdk.server.servicesets.impl.DefaultMethodServiceSet;
import org.eclipse.milo.opcua.sdk.server.servicesets.impl.DefaultSubscriptionServiceSet;
import org.eclipse.milo.opcua.sdk.server.servicesets.impl.DefaultViewServiceSet;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteRequest;
import org.eclipse.milo.opcua.stack.transport.server.OpcServerTransportFactory;

/**
 * The SDK's server, counting requests and, when told to, holding answers back. A request is carried out at once and
 * only its answer waits, so that a server can be killed between the two.
 */
final class SimulatorServices extends OpcUaServer {
    private final Traffic traffic;
    private final Delays delays;

    SimulatorServices(
            OpcUaServerConfig config,
            OpcServerTransportFactory transport,
            String path,
            Traffic traffic,
            Delays delays) {
        super(config, transport);
        this.traffic = traffic;
        this.delays = delays;
        handleAttributes(path);
        handleOthers(path);
    }

    private interface Work {
        UaResponseMessageType run() throws UaException;
    }

    private void handleAttributes(String path) {
        DefaultAttributeServiceSet attributes = new DefaultAttributeServiceSet(this);
        addServiceHandler(path, Service.ATTRIBUTE_READ, (AsyncServiceHandler) (context, request) -> {
            ReadRequest read = (ReadRequest) request;
            traffic.read(read);
            return answer(Delays.Slow.READ, () -> attributes.onRead(context, read));
        });
        addServiceHandler(path, Service.ATTRIBUTE_WRITE, (AsyncServiceHandler) (context, request) -> {
            traffic.writes.incrementAndGet();
            return answer(Delays.Slow.WRITE, () -> attributes.onWrite(context, (WriteRequest) request));
        });
    }

    private void handleOthers(String path) {
        DefaultMethodServiceSet methods = new DefaultMethodServiceSet(this);
        DefaultViewServiceSet views = new DefaultViewServiceSet(this);
        DefaultSubscriptionServiceSet subscriptions = new DefaultSubscriptionServiceSet(this);
        addServiceHandler(path, Service.METHOD_CALL, (AsyncServiceHandler) (context, request) -> {
            traffic.calls.incrementAndGet();
            return answer(Delays.Slow.CALL, () -> methods.onCall(context, (CallRequest) request));
        });
        addServiceHandler(path, Service.VIEW_BROWSE, (AsyncServiceHandler) (context, request) -> {
            traffic.browses.incrementAndGet();
            return answer(Delays.Slow.BROWSE, () -> views.onBrowse(context, (BrowseRequest) request));
        });
        addServiceHandler(path, Service.SUBSCRIPTION_PUBLISH, (AsyncServiceHandler) (context, request) -> {
            traffic.publishes.incrementAndGet();
            return subscriptions.onPublish(context, (PublishRequest) request).thenApply(response -> response);
        });
    }

    private CompletableFuture<UaResponseMessageType> answer(Delays.Slow service, Work work) {
        CompletableFuture<UaResponseMessageType> answer = new CompletableFuture<>();
        Runnable release = carryOut(work, answer);
        int delayMs = delays.of(service);
        if (delayMs == 0) {
            release.run();
        } else {
            CompletableFuture.delayedExecutor(delayMs, TimeUnit.MILLISECONDS, getExecutorService())
                    .execute(release);
        }
        return answer;
    }

    private static Runnable carryOut(Work work, CompletableFuture<UaResponseMessageType> answer) {
        try {
            UaResponseMessageType response = work.run();
            return () -> answer.complete(response);
        } catch (UaException e) {
            return () -> answer.completeExceptionally(e);
        }
    }
}
