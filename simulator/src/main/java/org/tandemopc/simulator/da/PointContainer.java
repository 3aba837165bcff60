package org.tandemopc.simulator.da;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IEnumConnectionPoints;

/** An object with one connection point, as servers and groups are. */
record PointContainer(SinkPoint<?> point) implements IConnectionPointContainer {
    @Override
    public Result<Optional<ComPointer<IEnumConnectionPoints>>> enumConnectionPoints() {
        return Result.ok(Enumerators.points(List.of(point.pointer())));
    }

    @Override
    public Result<Optional<ComPointer<IConnectionPoint>>> findConnectionPoint(Guid iid) {
        return iid.equals(point.iid()) ? Result.ok(point.pointer()) : Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
    }
}
