package org.tandemopc.dcom.orpc;

import java.nio.ByteOrder;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.rpc.RpcAnswer;

/**
 * The stubs of a call on an object ([MS-DCOM] 2.2.13): {@code ORPCTHIS, [in]} there, {@code ORPCTHAT, [out], HRESULT} back. Octets
 * behind are left alone: peers add some in both directions.
 */
public final class OrpcStub {
    private OrpcStub() {}

    public static <I> Bytes request(OrpcThis header, Operation<?, I, ?> operation, I in, Pointers pointers) {
        NdrWriter out = new NdrWriter();
        header.write(out);
        try {
            operation.in().write(out, in, pointers);
        } catch (RuntimeException e) {
            pointers.revokeGiven();
            throw e;
        }
        return out.toBytes();
    }

    /**
     * @param parameters that the method was called with
     * @throws MalformedException what came is no answer of the operation; pointers in it are closed
     */
    public static <I, O> Result<O> result(
            RpcAnswer answer, Operation<?, I, O> operation, I parameters, Pointers pointers) throws MalformedException {
        NdrReader in = NdrReader.over(answer.stub(), answer.order());
        Result<O> result = Result.failure(HResult.E_UNEXPECTED);
        try {
            OrpcThat.read(in);
            O value = operation.out().read(in, parameters, pointers);
            int hresult = in.i32("HRESULT");
            result = HResult.isSuccess(hresult) ? Result.success(hresult, value) : Result.failure(hresult);
        } finally {
            if (!result.isSuccess()) {
                pointers.closeTaken();
            }
        }
        return result;
    }

    /** @param in behind the ORPCTHIS */
    public static <I> I parameters(NdrReader in, Operation<?, I, ?> operation, Pointers pointers)
            throws MalformedException {
        return operation.in().read(in, pointers);
    }

    /**
     * @param in that the method was called with
     * @throws ExportLimitException a pointer among the results is not exported; nothing is handed out then
     */
    public static <I, O> Bytes response(Operation<?, I, O> operation, I in, Result<O> result, Pointers pointers) {
        NdrWriter out = new NdrWriter();
        OrpcThat.PLAIN.write(out);
        O value = result.valueOrNull();
        try {
            operation.out().write(out, in, value == null ? operation.failed(in) : value, pointers);
        } catch (RuntimeException e) {
            pointers.revokeGiven();
            throw e;
        }
        return out.i32(result.hresult()).toBytes();
    }

    /**
     * For tests of descriptions: what a client reads of what a server answers. A failure must come back as itself, or peers that
     * only fail look broken. Without interface pointers.
     *
     * @throws MalformedException the description cannot read what it writes
     */
    public static <I, O> Result<O> readBack(Operation<?, I, O> operation, I parameters, Result<O> result)
            throws MalformedException {
        Bytes response = response(operation, parameters, result, new Pointers(Marshaler.none()));
        RpcAnswer answer = new RpcAnswer(response, ByteOrder.LITTLE_ENDIAN);
        return result(answer, operation, parameters, new Pointers(Marshaler.none()));
    }
}
