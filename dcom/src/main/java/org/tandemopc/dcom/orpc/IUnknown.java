package org.tandemopc.dcom.orpc;

import java.util.List;
import org.tandemopc.dcom.Guid;

/** What every object is ([MS-DCOM] 3.1.1.5.8). Its three methods never travel: references and QueryInterface go to IRemUnknown. */
public interface IUnknown {
    Guid IID = Guid.of("00000000-0000-0000-c000-000000000046");

    InterfaceDef<IUnknown> DEF =
            InterfaceDef.of("00000000-0000-0000-c000-000000000046", "IUnknown", caller -> new IUnknown() {}, List.of());
}
