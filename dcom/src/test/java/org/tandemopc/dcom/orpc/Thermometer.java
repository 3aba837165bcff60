package org.tandemopc.dcom.orpc;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** An interface of the tests: values both ways, S_FALSE, pointers both ways. */
public interface Thermometer {
    /** @return S_FALSE: the place is known, and the value old */
    Result<Double> read(String place) throws LinkException, RpcFaultException;

    /** Calls the alarm before it returns. */
    Result<Nothing> watch(Optional<ComPointer<Alarm>> alarm) throws LinkException, RpcFaultException;

    Result<Optional<ComPointer<IUnknown>>> probe(Guid iid) throws LinkException, RpcFaultException;

    Operation<Thermometer, String, Double> READ = Operation.of(
            3,
            "Read",
            Codec.of(in -> in.string("place"), NdrWriter::string),
            Codec.of(in -> in.f64("degrees"), NdrWriter::f64),
            0.0,
            Thermometer::read);

    Operation<Thermometer, Optional<ComPointer<Alarm>>, Nothing> WATCH = Operation.of(
            4,
            "Watch",
            Codec.<Optional<ComPointer<Alarm>>>of(
                    (in, pointers) -> pointers.read(in, "alarm", Alarm.DEF),
                    (out, alarm, pointers) -> pointers.write(out, alarm)),
            Thermometer::watch);

    Operation<Thermometer, Guid, Optional<ComPointer<IUnknown>>> PROBE = Operation.of(
            5,
            "Probe",
            Codec.of(in -> in.guid("iid"), NdrWriter::guid),
            Codec.<Optional<ComPointer<IUnknown>>>of(
                    (in, pointers) -> pointers.read(in, "probe", IUnknown.DEF),
                    (out, probe, pointers) -> pointers.write(out, probe)),
            Optional.empty(),
            Thermometer::probe);

    InterfaceDef<Thermometer> DEF = InterfaceDef.of(
            "6a1f3c10-77aa-4b0e-9d5e-0d8f3a5b0001", "Thermometer", Remote::new, List.of(READ, WATCH, PROBE));

    /** The client's side. */
    class Remote implements Thermometer {
        private final Caller<? extends Thermometer> caller;

        Remote(Caller<? extends Thermometer> caller) {
            this.caller = caller;
        }

        @Override
        public Result<Double> read(String place) throws LinkException, RpcFaultException {
            return caller.call(READ, place);
        }

        @Override
        public Result<Nothing> watch(Optional<ComPointer<Alarm>> alarm) throws LinkException, RpcFaultException {
            return caller.call(WATCH, alarm);
        }

        @Override
        public Result<Optional<ComPointer<IUnknown>>> probe(Guid iid) throws LinkException, RpcFaultException {
            return caller.call(PROBE, iid);
        }
    }

    /** One that can also be set: an interface with a base. */
    interface Thermostat extends Thermometer {
        Result<Nothing> set(double degrees) throws LinkException, RpcFaultException;

        Operation<Thermostat, Double, Nothing> SET =
                Operation.of(6, "Set", Codec.of(in -> in.f64("degrees"), NdrWriter::f64), Thermostat::set);

        InterfaceDef<Thermostat> DEF = InterfaceDef.extending(
                Thermometer.DEF, "6a1f3c10-77aa-4b0e-9d5e-0d8f3a5b0002", "Thermostat", RemoteStat::new, List.of(SET));
    }

    /** The client's side. */
    final class RemoteStat extends Remote implements Thermostat {
        private final Caller<Thermostat> caller;

        RemoteStat(Caller<Thermostat> caller) {
            super(caller);
            this.caller = caller;
        }

        @Override
        public Result<Nothing> set(double degrees) throws LinkException, RpcFaultException {
            return caller.call(SET, degrees);
        }
    }

    /** What a client implements, and a server calls. */
    interface Alarm {
        Result<Nothing> ring(int times) throws LinkException, RpcFaultException;

        Operation<Alarm, Integer, Nothing> RING =
                Operation.of(3, "Ring", Codec.of(in -> in.i32("times"), NdrWriter::i32), Alarm::ring);

        InterfaceDef<Alarm> DEF = InterfaceDef.of(
                "6a1f3c10-77aa-4b0e-9d5e-0d8f3a5b0003",
                "Alarm",
                caller -> times -> caller.call(RING, times),
                List.of(RING));
    }
}
