package org.tandemopc.dcom.rpc;

import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;

/** A call that a client has sent whole. */
final class ServerCall implements CallContext {
    private final ServerConnection connection;
    private final AssociationGroup group;
    private final Admission.Admitted admitted;
    private final Pdu.Request request;
    private final SyntaxId abstractSyntax;
    private final RpcHandler handler;
    private final Bytes stub;
    private final Budget budget;
    private final List<Runnable> undos = new CopyOnWriteArrayList<>();
    private volatile boolean cancelled;
    private volatile boolean orphaned;

    /**
     * @param request its first fragment
     * @param budget that the stub was taken of
     */
    ServerCall(
            ServerConnection connection,
            AssociationGroup group,
            Admission.Admitted admitted,
            Pdu.Request request,
            SyntaxId abstractSyntax,
            RpcHandler handler,
            Bytes stub,
            Budget budget) {
        this.connection = connection;
        this.group = group;
        this.admitted = admitted;
        this.request = request;
        this.abstractSyntax = abstractSyntax;
        this.handler = handler;
        this.stub = stub;
        this.budget = budget;
    }

    RpcHandler handler() {
        return handler;
    }

    Bytes stub() {
        return stub;
    }

    Budget budget() {
        return budget;
    }

    long callId() {
        return request.header().callId();
    }

    int contextId() {
        return request.contextId();
    }

    @Nullable
    SecurityContext security() {
        return admitted.context();
    }

    boolean isAnswered() {
        return !orphaned && !request.header().has(PduHeader.MAYBE);
    }

    boolean isOrphaned() {
        return orphaned;
    }

    void cancel() {
        cancelled = true;
    }

    void orphan() {
        orphaned = true;
        cancelled = true;
    }

    @Override
    public void ifUnanswered(Runnable undo) {
        undos.add(undo);
    }

    /** What is to be run as the answer has not left. */
    List<Runnable> undos() {
        return List.copyOf(undos);
    }

    @Override
    public Principal principal() {
        return admitted.principal();
    }

    @Override
    public CallProtection protection() {
        SecurityContext login = admitted.context();
        return login == null ? CallProtection.NONE : new CallProtection(login.authType(), admitted.level());
    }

    @Override
    public SyntaxId abstractSyntax() {
        return abstractSyntax;
    }

    @Override
    public int opnum() {
        return request.opnum();
    }

    @Override
    public @Nullable Guid object() {
        return request.object();
    }

    @Override
    public ByteOrder order() {
        return request.header().dataRep().order();
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public RpcConnection connection() {
        return connection;
    }

    @Override
    public AssociationGroup group() {
        return group;
    }
}
