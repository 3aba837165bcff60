package org.tandemopc.relay.da.back;

import org.tandemopc.dcom.LinkException;

/** A member that takes no sink of ours, most often because it cannot call it. */
final class SinkRefusedException extends LinkException {
    private static final long serialVersionUID = 1L;

    private final int hresult;

    /** @param hresult what Advise answered, such as CONNECT_E_CANNOTCONNECT */
    SinkRefusedException(String message, int hresult) {
        super(message, true);
        this.hresult = hresult;
    }

    int hresult() {
        return hresult;
    }
}
