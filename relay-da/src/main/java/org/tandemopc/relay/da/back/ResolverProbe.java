package org.tandemopc.relay.da.back;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.rpc.ClientOptions;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.RpcAnswer;
import org.tandemopc.dcom.rpc.RpcClient;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcStatus;

/** Asks who is at an address, without a login. Blocks until its deadline. */
final class ResolverProbe {
    private ResolverProbe() {}

    /**
     * Opens a connection, and closes it.
     *
     * @return our own address on the way there
     * @throws java.net.SocketTimeoutException nobody answered
     * @throws IOException refused, or no way there
     */
    static InetAddress connect(InetSocketAddress place, Deadline deadline) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(place, deadline.remainingMillis());
            return socket.getLocalAddress();
        }
    }

    /** What an object resolver says to ServerAlive2 ([MS-DCOM] 3.1.2.5.1.6). */
    sealed interface Answer {
        record Version(ComVersion version) implements Answer {}

        /** It is one, and of no version that it tells: an old one, or j-Interop's. */
        record NoVersion() implements Answer {}

        record Silence() implements Answer {}

        /** No DCOM. @param why as it was seen */
        record Other(String why) implements Answer {}
    }

    static Answer ask(InetSocketAddress place, Deadline deadline) {
        ClientOptions options = ClientOptions.defaults(PeerPolicy.strict());
        try (RpcClient client = RpcClient.connect(place, IObjectExporter.SYNTAX, null, options, deadline)) {
            RpcAnswer answer =
                    client.call(IObjectExporter.SYNTAX, IObjectExporter.SERVER_ALIVE2, null, Bytes.EMPTY, deadline);
            return new Answer.Version(ComVersion.read(NdrReader.over(answer.stub(), answer.order())));
        } catch (MalformedException e) {
            return new Answer.NoVersion();
        } catch (RpcFaultException e) {
            return e.status() == RpcStatus.UNKNOWN_INTERFACE
                    ? new Answer.Other("it speaks RPC, and has no object resolver")
                    : new Answer.NoVersion();
        } catch (DeadlineException e) {
            return new Answer.Silence();
        } catch (LinkException e) {
            return deadline.isOver() ? new Answer.Silence() : new Answer.Other(String.valueOf(e.getMessage()));
        }
    }
}
