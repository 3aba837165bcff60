package org.tandemopc.opcda;

import java.util.List;
import java.util.function.ToLongFunction;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.OutCodec;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.Params;
import org.tandemopc.opcda.params.PerItem;

/** The four arrays that reads by age give: values, qualities, times, errors. */
final class Readings {
    private Readings() {}

    /** Where one of the first three arrays is missing, there are no values, and the errors alone. */
    static <I> OutCodec<I, PerItem<OpcReading>> out(ToLongFunction<I> sizeIs) {
        return Params.sized(
                (in, parameters, pointers) -> {
                    long size = sizeIs.applyAsLong(parameters);
                    List<Variant> values = Params.variantList(in, "ppvValues", size);
                    Ints qualities = Params.u16List(in, "ppwQualities", size);
                    List<FileTime> times = Params.times(in, "ppftTimeStamps", size);
                    Ints errors = Params.ints(in, "ppErrors", size);
                    List<OpcReading> readings = Params.zip(
                            values.size(),
                            qualities.size() == values.size() && times.size() == values.size(),
                            i -> new OpcReading(values.get(i), Quality.of(qualities.at(i)), times.get(i)));
                    return new PerItem<>(readings, errors);
                },
                (out, parameters, given, pointers) -> {
                    long size = sizeIs.applyAsLong(parameters);
                    List<OpcReading> all = given.values();
                    Params.writeList(out, all, size, (here, one) -> one.value().write(here));
                    Params.writeList(
                            out,
                            all,
                            size,
                            (here, one) -> here.u16(one.quality().bits(), "ppwQualities"));
                    Params.writeList(
                            out, all, size, (here, one) -> one.timestamp().write(here));
                    Params.writeInts(out, given.errors(), size);
                });
    }
}
