package org.tandemopc.dcom.orpc.server;

import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.rpc.CallContext;

/**
 * Who may do what, beyond having logged in at the level that is asked for. The peer hears "access denied" and no more; the reason
 * goes to the log. Any thread.
 */
public interface Access {
    /** Objects are made for those who have logged in; what was handed out may be called by whoever has it. */
    Access LOGGED_IN = new Access() {};

    /** For objects that a client hands to servers, which may call without a login. */
    Access ANYBODY = new Access() {
        @Override
        public Optional<String> refusesActivation(CallContext call, Guid clsid) {
            return Optional.empty();
        }
    };

    /**
     * Whether the client may have an object of the class made.
     *
     * @return why not, beginning with "level", "account" or "permission"; empty: it may
     */
    default Optional<String> refusesActivation(CallContext call, Guid clsid) {
        return call.principal().isAnonymous()
                ? Optional.of("account: nobody has logged in to activate " + clsid)
                : Optional.empty();
    }

    /**
     * Whether the client may call the object, whose IPID it has.
     *
     * @return why not, beginning with "level", "account" or "permission"; empty: it may
     */
    default Optional<String> refusesCall(CallContext call, ComObject object) {
        return Optional.empty();
    }
}
