package org.tandemopc.opcda.ole;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** Loads and saves a server's configuration (DA 3.0 4.3.8, DA 2.05a 4.4.9); optional. */
public interface IPersistFile extends IPersist {
    /** @return S_OK: changed since it was saved; S_FALSE: not */
    Result<Nothing> isDirty() throws LinkException, RpcFaultException;

    Result<Nothing> load(String fileName, int mode) throws LinkException, RpcFaultException;

    /** @param fileName empty: the one that it has */
    Result<Nothing> save(Optional<String> fileName, boolean remember) throws LinkException, RpcFaultException;

    Result<Nothing> saveCompleted(Optional<String> fileName) throws LinkException, RpcFaultException;

    /** @return S_FALSE: it has none yet, and this would be a good one */
    Result<String> getCurFile() throws LinkException, RpcFaultException;

    /** The [in] parameters of Load. */
    record Load(String fileName, int mode) {
        static Load read(NdrReader in) throws MalformedException {
            String fileName = in.string("pszFileName");
            int mode = in.i32("dwMode");
            return new Load(fileName, mode);
        }

        void write(NdrWriter out) {
            out.string(fileName);
            out.i32(mode);
        }
    }

    /** The [in] parameters of Save. */
    record Save(Optional<String> fileName, boolean remember) {
        static Save read(NdrReader in) throws MalformedException {
            Optional<String> fileName = in.uniqueString("pszFileName").get();
            boolean remember = in.bool32("fRemember");
            return new Save(fileName, remember);
        }

        void write(NdrWriter out) {
            out.uniqueString(fileName);
            out.bool32(remember);
        }
    }

    Operation<IPersistFile, Nothing, Nothing> IS_DIRTY =
            Operation.of(4, "IsDirty", Nothing.CODEC, (target, in) -> target.isDirty());

    Operation<IPersistFile, Load, Nothing> LOAD = Operation.of(
            5,
            "Load",
            Codec.<Load>of(Load::read, (out, call) -> call.write(out)),
            (target, in) -> target.load(in.fileName(), in.mode()));

    Operation<IPersistFile, Save, Nothing> SAVE = Operation.of(
            6,
            "Save",
            Codec.<Save>of(Save::read, (out, call) -> call.write(out)),
            (target, in) -> target.save(in.fileName(), in.remember()));

    Operation<IPersistFile, Optional<String>, Nothing> SAVE_COMPLETED =
            Operation.of(7, "SaveCompleted", Params.textOut("pszFileName"), IPersistFile::saveCompleted);

    Operation<IPersistFile, Nothing, Optional<String>> GET_CUR_FILE =
            Params.textOperation(8, "GetCurFile", Nothing.CODEC, "ppszFileName", (target, in) -> target.getCurFile());

    InterfaceDef<IPersistFile> DEF = InterfaceDef.extending(
            IPersist.DEF,
            "0000010b-0000-0000-c000-000000000046",
            "IPersistFile",
            caller -> new IPersistFile() {
                @Override
                public Result<Guid> getClassId() throws LinkException, RpcFaultException {
                    return caller.call(IPersist.GET_CLASS_ID, Nothing.NOTHING);
                }

                @Override
                public Result<Nothing> isDirty() throws LinkException, RpcFaultException {
                    return caller.call(IS_DIRTY, Nothing.NOTHING);
                }

                @Override
                public Result<Nothing> load(String fileName, int mode) throws LinkException, RpcFaultException {
                    return caller.call(LOAD, new Load(fileName, mode));
                }

                @Override
                public Result<Nothing> save(Optional<String> fileName, boolean remember)
                        throws LinkException, RpcFaultException {
                    return caller.call(SAVE, new Save(fileName, remember));
                }

                @Override
                public Result<Nothing> saveCompleted(Optional<String> fileName)
                        throws LinkException, RpcFaultException {
                    return caller.call(SAVE_COMPLETED, fileName);
                }

                @Override
                public Result<String> getCurFile() throws LinkException, RpcFaultException {
                    return Params.text(caller.call(GET_CUR_FILE, Nothing.NOTHING));
                }
            },
            List.of(IS_DIRTY, LOAD, SAVE, SAVE_COMPLETED, GET_CUR_FILE));
}
