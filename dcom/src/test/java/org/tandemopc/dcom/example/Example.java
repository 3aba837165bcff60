package org.tandemopc.dcom.example;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** Serves an object, and calls it. */
final class Example {
    private Example() {}

    interface Thermometer {
        Result<Double> read(String place) throws LinkException, RpcFaultException;

        Operation<Thermometer, String, Double> READ = Operation.of(
                3,
                "Read",
                Codec.of(in -> in.string("place"), NdrWriter::string),
                Codec.of(in -> in.f64("degrees"), NdrWriter::f64),
                0.0,
                Thermometer::read);
        InterfaceDef<Thermometer> DEF = InterfaceDef.of(
                "6a1f3c10-77aa-4b0e-9d5e-0d8f3a5b0001",
                "Thermometer",
                caller -> place -> caller.call(READ, place),
                List.of(READ));
    }

    /** @param port for clients: 135, as they know no other */
    static Result<Double> run(InetAddress address, PortRange port) throws Exception {
        Guid clsid = Guid.of("6a1f3c10-77aa-4b0e-9d5e-0d8f3a5b0002");
        Thermometer boiler = place -> place.equals("top") ? Result.ok(84.5) : Result.failure(HResult.E_INVALIDARG);
        NtHash password = NtHash.of("Secret1!".toCharArray());
        NtlmAcceptor logins = new NtlmAcceptor(
                NtlmServerSettings.of("PLANT"),
                (domain, user) -> user.equals("opc") ? Optional.of(password) : Optional.empty());
        DcomServerSettings serving =
                DcomServerSettings.of(logins, PeerPolicy.strict()).at(address).withResolverPorts(port);
        Activator classes = Activator.of(Map.of(
                clsid,
                call -> ComObject.named("boiler").with(Thermometer.DEF, boiler).build()));
        try (DcomServer server = DcomServer.start(serving, classes)) {
            RemoteHost there = RemoteHost.of(address)
                    .withResolverPort(server.resolverAddresses().getFirst().getPort());
            ClientSecurity login = ClientSecurity.of(
                    NtlmClientSettings.of("STATION"), NtlmCredentials.of("PLANT", "opc", "Secret1!".toCharArray()));
            Deadline deadline = Deadline.after(Duration.ofSeconds(10));
            try (DcomClient client = new DcomClient(DcomClientSettings.of(there, login));
                    ComPointer<Thermometer> object = client.activate(there, clsid, Thermometer.DEF, deadline)
                            .value()) {
                return object.within(deadline).read("top");
            }
        }
    }
}
