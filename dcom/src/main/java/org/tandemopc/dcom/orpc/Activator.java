package org.tandemopc.dcom.orpc;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tandemopc.dcom.Guid;

/**
 * Makes the objects that clients ask for by their class ([MS-DCOM] 3.1.2.5.2.3). Called on threads of the server, virtual or
 * not, several at once; it may block.
 */
public interface Activator {
    /** Interfaces that one activation may ask for; MAX_REQUESTED_INTERFACES is far more ([MS-DCOM] 2.2.28.1). */
    int IIDS_MAX = 64;

    /** Whether there is such a class: asked when its class object is wanted. */
    boolean hasClass(Guid clsid);

    /**
     * Makes an object of the class. Whether it has the interfaces is looked at afterwards; they are told here for who makes
     * different objects for them.
     *
     * @param iids what the client wants of it, 1 to {@link #IIDS_MAX}
     * @return a failure: REGDB_E_CLASSNOTREG if there is no such class
     */
    Result<ComObject> activate(Guid clsid, List<Guid> iids, ObjectCall call);

    /** A fixed set of classes, each with what makes an object of it for one client. */
    static Activator of(Map<Guid, Function<ObjectCall, ComObject>> classes) {
        Map<Guid, Function<ObjectCall, ComObject>> all = Map.copyOf(classes);
        return new Activator() {
            @Override
            public boolean hasClass(Guid clsid) {
                return all.containsKey(clsid);
            }

            @Override
            public Result<ComObject> activate(Guid clsid, List<Guid> iids, ObjectCall call) {
                Function<ObjectCall, ComObject> maker = all.get(clsid);
                return maker == null ? Result.failure(HResult.REGDB_E_CLASSNOTREG) : Result.ok(maker.apply(call));
            }
        };
    }
}
