package org.tandemopc.opcda.common;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.Params;

/** What every OPC server object has, for the client that it was made for (OPC Common 1.10 7, DA 3.0 4.3.3, DA 2.05a 4.4.3). */
public interface IOPCCommon {
    /**
     * The language of the texts that the object gives from now on.
     *
     * @return E_INVALIDARG: it has none in that language
     */
    Result<Nothing> setLocaleId(int lcid) throws LinkException, RpcFaultException;

    Result<Integer> getLocaleId() throws LinkException, RpcFaultException;

    Result<Ints> queryAvailableLocaleIds() throws LinkException, RpcFaultException;

    /** What an HRESULT means, in the object's language. Some clients send an LCID behind, which is left alone. */
    Result<String> getErrorString(int hresult) throws LinkException, RpcFaultException;

    /** What the client is called, for the log of the server. */
    Result<Nothing> setClientName(String name) throws LinkException, RpcFaultException;

    Operation<IOPCCommon, Integer, Nothing> SET_LOCALE_ID =
            Operation.of(3, "SetLocaleID", Params.i32("dwLcid"), IOPCCommon::setLocaleId);

    Operation<IOPCCommon, Nothing, Integer> GET_LOCALE_ID = Operation.of(
            4, "GetLocaleID", Nothing.CODEC, Params.i32("pdwLcid"), 0, (target, in) -> target.getLocaleId());

    Operation<IOPCCommon, Nothing, Ints> QUERY_AVAILABLE_LOCALE_IDS = Operation.of(
            5,
            "QueryAvailableLocaleIDs",
            Nothing.CODEC,
            Params.countedOut("pdwLcid"),
            Ints.EMPTY,
            (target, in) -> target.queryAvailableLocaleIds());

    Operation<IOPCCommon, Integer, Optional<String>> GET_ERROR_STRING =
            Params.textOperation(6, "GetErrorString", Params.i32("dwError"), "ppString", IOPCCommon::getErrorString);

    Operation<IOPCCommon, String, Nothing> SET_CLIENT_NAME =
            Operation.of(7, "SetClientName", Params.string("szName"), IOPCCommon::setClientName);

    InterfaceDef<IOPCCommon> DEF = InterfaceDef.of(
            "f31dfde2-07b6-11d2-b2d8-0060083ba1fb",
            "IOPCCommon",
            caller -> new IOPCCommon() {
                @Override
                public Result<Nothing> setLocaleId(int lcid) throws LinkException, RpcFaultException {
                    return caller.call(SET_LOCALE_ID, lcid);
                }

                @Override
                public Result<Integer> getLocaleId() throws LinkException, RpcFaultException {
                    return caller.call(GET_LOCALE_ID, Nothing.NOTHING);
                }

                @Override
                public Result<Ints> queryAvailableLocaleIds() throws LinkException, RpcFaultException {
                    return caller.call(QUERY_AVAILABLE_LOCALE_IDS, Nothing.NOTHING);
                }

                @Override
                public Result<String> getErrorString(int hresult) throws LinkException, RpcFaultException {
                    return Params.text(caller.call(GET_ERROR_STRING, hresult));
                }

                @Override
                public Result<Nothing> setClientName(String name) throws LinkException, RpcFaultException {
                    return caller.call(SET_CLIENT_NAME, name);
                }
            },
            List.of(SET_LOCALE_ID, GET_LOCALE_ID, QUERY_AVAILABLE_LOCALE_IDS, GET_ERROR_STRING, SET_CLIENT_NAME));
}
