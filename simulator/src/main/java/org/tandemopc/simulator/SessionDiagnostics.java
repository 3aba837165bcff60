package org.tandemopc.simulator;

import java.lang.reflect.Field;
import java.util.List;
import org.eclipse.milo.opcua.sdk.server.OpcUaServer;
import org.eclipse.milo.opcua.sdk.server.SessionManager;

/**
 * The SDK's diagnostics of sessions (OPC UA Part 5, 6.3.4): nodes for each session that is created. Those of the first one cost more processor
 * time than half of a server's start, and most servers are started for a session or two.
 */
final class SessionDiagnostics {
    private static final String LISTENERS = "sessionListeners";
    private static final String PACKAGE = "org.eclipse.milo.opcua.sdk.server.diagnostics.";

    private SessionDiagnostics() {}

    /**
     * No nodes are made of sessions from now on. The SDK has no setting for it, and its EnabledFlag (6.3.3) is false either way: what makes
     * those nodes is a listener of sessions among others, in a list that it keeps to itself.
     *
     * @throws ReflectiveOperationException another version of the SDK, which keeps them elsewhere
     */
    static void disable(OpcUaServer server) throws ReflectiveOperationException {
        Field field = SessionManager.class.getDeclaredField(LISTENERS);
        field.setAccessible(true);
        List<?> listeners = (List<?>) field.get(server.getSessionManager());
        if (!listeners.removeIf(each -> each.getClass().getName().startsWith(PACKAGE))) {
            throw new NoSuchFieldException("no listener of sessions in " + PACKAGE + " of this version of the SDK");
        }
    }
}
