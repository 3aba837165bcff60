package org.tandemopc.relay.da.front;

import java.time.Duration;
import java.util.List;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.relay.da.back.DaConnector;
import org.tandemopc.relay.da.back.Offered;

/** What a session asks of its pair and tells it. Any thread; returns at once. */
public interface FrontPair {
    String name();

    Mode mode();

    /** How long a request waits during a switch. */
    Duration holdTimeout();

    /** How often a member is asked again for items that it has refused. */
    Duration askAgainEvery();

    /** In the order of the members. */
    List<DaConnector> connectors();

    /** Which interfaces clients find. */
    Offered offered();

    /** Whether who calls may write; reading is allowed to whoever may activate. */
    boolean mayWrite(Principal account);

    /** A number for a group or item, unlike any that the pair has in use. */
    int nextHandle();

    /** Whether anybody outside has a reference on it. */
    boolean isReferenced(ComObject object);

    /** Makes all references on it worth nothing. */
    void disconnect(ComObject object);

    /** A session's link to a member failed in a way that makes the member doubtful. */
    void suspects(int member, String evidence);

    /** The session has all of its groups at the member, as up to date as the mode has it. */
    void ready(int member);

    /** The client has given its server object back. */
    void ended(DaSession session);

    void requestDone();

    /** A write or another call that is not repeated was sent and not answered (S3). */
    void outcomeUnknown(DaSession session, String operation, int member, long epoch, List<String> items, String why);

    /** An answer came after all to a write of which the client was told that its outcome is unknown (S8). */
    void outcomeResolved(DaSession session, Doubt doubt, int member, long epoch, String results);

    /** A client's write has ended, well or not: for the audit. */
    void written(DaSession session, WriteReport report);

    /** A member does not take an item that the client has. */
    void itemMissing(DaSession session, int member, String itemId, int hresult);

    /** A member does not take the login that the client has made by IOPCSecurityPrivate (S32). */
    void userRefused(DaSession session, int member, String user, int hresult);

    /**
     * After a switch it is not proven that these items have missed nothing (I4).
     *
     * @param from time of the last value of the former active; {@link FileTime#ZERO}: there was none
     * @param to time of the first value of the new active; {@link FileTime#ZERO}: none has come soon
     */
    void gap(DaSession session, List<String> items, FileTime from, FileTime to, String reason);
}
