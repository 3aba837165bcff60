package org.tandemopc.relay.ua.wire;

import java.util.BitSet;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.jspecify.annotations.Nullable;

/** The results and DiagnosticInfos of a raw response of any service but Publish. Immutable. Any thread. */
final class Answers {
    private static final String RESULTS = "OPC UA Part 4, 5.3";

    private final RawResponse response;
    /** Result i is [i] to [i + 1]. */
    private final int[] results;
    /** The same; without entries if there are none. */
    private final int[] diagnosticInfos;

    private Answers(RawResponse response, int[] results, int[] diagnosticInfos) {
        this.response = response;
        this.results = results;
        this.diagnosticInfos = diagnosticInfos;
    }

    /** Writes one result. */
    interface Local {
        /** @param index among all of the request */
        void write(LeWriter out, int index);
    }

    /** Whether it can be read to its end, and nothing more: for what is passed on as it came. */
    static void check(RawResponse response) {
        RawType type = response.type();
        var in = new Walker(response.body());
        int count = in.count("results", Layout.resultBytesMin(type));
        for (int i = 0; i < count; i++) {
            Layout.skipResult(type, in);
        }
        Layout.skipDiagnosticInfos(in, "diagnosticInfos");
    }

    static Answers parse(RawResponse response) {
        RawType type = response.type();
        var in = new Walker(response.body());
        int count = Math.max(0, in.count("results", Layout.resultBytesMin(type)));
        int[] results = new int[count + 1];
        for (int i = 0; i < count; i++) {
            results[i] = in.position();
            Layout.skipResult(type, in);
        }
        results[count] = in.position();
        int diagnostics = Math.max(0, in.count("diagnosticInfos", 1));
        int[] diagnosticInfos = new int[diagnostics + 1];
        for (int i = 0; i < diagnostics; i++) {
            diagnosticInfos[i] = in.position();
            in.skipDiagnosticInfo("diagnosticInfos");
        }
        diagnosticInfos[diagnostics] = in.position();
        in.end(type.serviceName() + "Response");
        return new Answers(response, results, diagnosticInfos);
    }

    /** A member may answer anything: another service's response is no answer. */
    static RawResponse expect(RawResponse response, RawType... types) {
        for (RawType type : types) {
            if (response.type() == type) {
                return response;
            }
        }
        throw new MalformedException(
                RESULTS, "response", 0, response.type().serviceName() + "Response is no answer to this request");
    }

    int size() {
        return results.length - 1;
    }

    int result(int index) {
        return results[index];
    }

    static RawResponse merge(
            RawType type,
            int size,
            @Nullable RawResponse fromMember,
            ResponseHeader header,
            BitSet local,
            Local localResult) {
        Answers member = fromMember == null ? null : parse(expect(fromMember, type));
        int locals = local.cardinality();
        int remote = size - locals;
        if (local.length() > size || (member == null && remote > 0)) {
            throw new IllegalArgumentException(locals + " of " + size + " are local, nobody answers the rest");
        }
        if (member != null && member.size() != remote) {
            throw new MalformedException(
                    RESULTS, "results", 0, member.size() + " results for " + remote + " operations");
        }
        var out = new LeWriter(64 + 32 * locals + (fromMember == null ? 0 : fromMember.body().length));
        out.i32(size);
        int nextRemote = 0;
        for (int i = 0; i < size; i++) {
            if (local.get(i)) {
                localResult.write(out, i);
            } else if (member != null) {
                out.copy(member.response.body(), member.results[nextRemote], member.results[++nextRemote]);
            }
        }
        writeDiagnosticInfos(out, member, size, local);
        return new RawResponse(type, header, out.bytes());
    }

    private static void writeDiagnosticInfos(LeWriter out, @Nullable Answers member, int size, BitSet local) {
        int count = member == null ? 0 : member.diagnosticInfos.length - 1;
        if (member == null || count == 0) {
            out.i32(-1);
            return;
        }
        if (count != member.size()) {
            throw new MalformedException(
                    RESULTS,
                    "diagnosticInfos",
                    member.diagnosticInfos[0],
                    count + " for " + member.size() + " results");
        }
        out.i32(size);
        int next = 0;
        for (int i = 0; i < size; i++) {
            if (local.get(i)) {
                out.u8(0);
            } else {
                out.copy(member.response.body(), member.diagnosticInfos[next], member.diagnosticInfos[++next]);
            }
        }
    }
}
