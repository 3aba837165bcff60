package org.tandemopc.simulator.da;

import org.tandemopc.dcom.Guid;
import org.tandemopc.opcda.OpcDa;

/** A version of Data Access that a server can offer: its interfaces, and the category that it is found by. */
public enum DaVersion {
    DA_1_0,
    DA_2_05A,
    DA_3_0;

    public Guid category() {
        return switch (this) {
            case DA_1_0 -> OpcDa.CATID_OPCDASERVER10;
            case DA_2_05A -> OpcDa.CATID_OPCDASERVER20;
            case DA_3_0 -> OpcDa.CATID_OPCDASERVER30;
        };
    }
}
