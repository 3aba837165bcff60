package org.tandemopc.it.dcom;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.wire.ActivationContextInfo;
import org.tandemopc.dcom.orpc.wire.ActivationProperties;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.orpc.wire.IRemUnknown;
import org.tandemopc.dcom.orpc.wire.IRemoteSCMActivator;
import org.tandemopc.dcom.orpc.wire.InstantiationInfo;
import org.tandemopc.dcom.orpc.wire.LocationInfo;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;
import org.tandemopc.dcom.orpc.wire.ScmRequestInfo;
import org.tandemopc.dcom.rpc.Pdu;
import org.tandemopc.dcom.rpc.PduCodec;
import org.tandemopc.dcom.rpc.SyntaxId;

/**
 * What rubbish is made of: the PDUs that foreign peers sent, the stubs in them, and one right call of each operation that a DCOM
 * server has.
 *
 * @param pdus as they were on the wire
 * @param stubs of requests, in clear
 */
record Seeds(List<Bytes> pdus, List<Bytes> stubs) {
    /**
     * A call that would succeed.
     *
     * @param object the IPID in the request, nil: none
     */
    record RightCall(SyntaxId syntax, int opnum, Guid object, Bytes stub) {}

    static Seeds recorded() {
        List<Bytes> pdus = new ArrayList<>();
        List<Bytes> stubs = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ProbeCaller.vectors())) {
            for (Path file : files.filter(Seeds::holdsAPdu).sorted().toList()) {
                List<String> lines = Files.readAllLines(file);
                List<String> body = lines.subList(lines.indexOf("") + 1, lines.size());
                int end = 0;
                while (end < body.size() && !body.get(end).startsWith("---")) {
                    end++;
                }
                Bytes pdu = octets(body.subList(0, end));
                if (file.getFileName().toString().startsWith("stub-")) {
                    stubs.add(pdu);
                    continue;
                }
                pdus.add(pdu);
                if (end < body.size()) {
                    stubs.add(octets(body.subList(end + 1, body.size())));
                } else {
                    stubOf(pdu).ifPresent(stubs::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Seeds(pdus, stubs);
    }

    private static boolean holdsAPdu(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".hex") && !name.startsWith("ntlm-") && !name.startsWith("objref-");
    }

    private static Bytes octets(List<String> lines) {
        StringBuilder hex = new StringBuilder();
        lines.forEach(line -> hex.append(line.replaceFirst("#.*", "").replace(" ", "")));
        return Bytes.ofHex(hex.toString());
    }

    private static Optional<Bytes> stubOf(Bytes pdu) {
        try {
            return PduCodec.decode(pdu) instanceof Pdu.Request request ? Optional.of(request.stub()) : Optional.empty();
        } catch (MalformedException e) {
            throw new AssertionError("a recorded PDU cannot be read", e);
        }
    }

    /** What is asked where classes and exporters are: at port 135. */
    static List<RightCall> resolving(long oxid, long oid) {
        List<Guid> iids = List.of(Probe.DEF.iid());
        List<Integer> tcp = List.of(7);
        Guid clsid = Guid.of(DcomHost.CLSID);
        ActivationProperties properties = ActivationProperties.of(
                ActivationProperties.Direction.IN,
                new InstantiationInfo(clsid, 0, 0, iids, ComVersion.OURS),
                ActivationContextInfo.NONE,
                LocationInfo.NONE,
                new ScmRequestInfo(0, tcp));
        List<RightCall> calls = new ArrayList<>();
        calls.add(call(IObjectExporter.SYNTAX, 0, out -> new IObjectExporter.ResolveOxidRequest(oxid, tcp).write(out)));
        calls.add(call(IObjectExporter.SYNTAX, 1, out -> new IObjectExporter.SimplePingRequest(oid).write(out)));
        calls.add(call(
                IObjectExporter.SYNTAX,
                2,
                out -> new IObjectExporter.ComplexPingRequest(0, 1, List.of(oid, oid + 1), List.of(oid)).write(out)));
        calls.add(call(IObjectExporter.SYNTAX, 3, out -> {}));
        calls.add(call(IObjectExporter.SYNTAX, 4, out -> new IObjectExporter.ResolveOxidRequest(oxid, tcp).write(out)));
        calls.add(call(IObjectExporter.SYNTAX, 5, out -> {}));
        calls.add(call(IRemoteSCMActivator.SYNTAX, 3, out -> {
            ProbeCaller.header().write(out);
            new IRemoteSCMActivator.GetClassObjectRequest(Optional.of(properties.toInterfacePointer())).write(out);
        }));
        calls.add(call(IRemoteSCMActivator.SYNTAX, 4, out -> {
            ProbeCaller.header().write(out);
            new IRemoteSCMActivator.CreateInstanceRequest(
                            Optional.empty(), Optional.of(properties.toInterfacePointer()))
                    .write(out);
        }));
        calls.add(call(IActivation.SYNTAX, 0, out -> {
            ProbeCaller.header().write(out);
            new IActivation.Request(clsid, Optional.empty(), Optional.empty(), 3, 0, iids, tcp).write(out);
        }));
        return calls;
    }

    /** What is asked where objects are. */
    static List<RightCall> objects(StdObjRef reference, Guid remUnknown) {
        Guid ipid = reference.ipid();
        List<Guid> iids = List.of(Probe.DEF.iid(), ProbeSink.DEF.iid());
        List<RightCall> calls = new ArrayList<>();
        for (Guid iid : List.of(IRemUnknown.IID, IRemUnknown.IID2)) {
            SyntaxId syntax = new SyntaxId(iid, 0, 0);
            calls.add(objectCall(
                    syntax, 3, remUnknown, out -> new IRemUnknown.QueryInterfaceRequest(ipid, 5, iids).write(out)));
            List<RemInterfaceRef> references =
                    List.of(new RemInterfaceRef(ipid, 1, 0), new RemInterfaceRef(ipid, 0, 1));
            calls.add(
                    objectCall(syntax, 4, remUnknown, out -> new IRemUnknown.ReferencesRequest(references).write(out)));
            calls.add(
                    objectCall(syntax, 5, remUnknown, out -> new IRemUnknown.ReferencesRequest(references).write(out)));
        }
        calls.add(objectCall(
                new SyntaxId(IRemUnknown.IID2, 0, 0),
                6,
                remUnknown,
                out -> new IRemUnknown.QueryInterface2Request(ipid, iids).write(out)));
        calls.add(objectCall(ProbeCaller.PROBE, 3, ipid, out -> out.i32(1).i32(2)));
        calls.add(objectCall(ProbeCaller.PROBE, 4, ipid, out -> out.i32(7)));
        calls.add(objectCall(ProbeCaller.PROBE, 5, ipid, out -> out.string("text")));
        calls.add(
                objectCall(ProbeCaller.PROBE, 6, ipid, out -> out.nullPointer().i32(7)));
        return calls;
    }

    private interface Parameters {
        void write(NdrWriter out);
    }

    private static RightCall call(SyntaxId syntax, int opnum, Parameters parameters) {
        NdrWriter out = new NdrWriter();
        parameters.write(out);
        return new RightCall(syntax, opnum, Guid.NULL, out.toBytes());
    }

    private static RightCall objectCall(SyntaxId syntax, int opnum, Guid object, Parameters parameters) {
        RightCall call = call(syntax, opnum, out -> {
            ProbeCaller.header().write(out);
            parameters.write(out);
        });
        return new RightCall(syntax, opnum, object, call.stub());
    }
}
