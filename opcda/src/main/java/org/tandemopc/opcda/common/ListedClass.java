package org.tandemopc.opcda.common;

import java.util.Set;
import org.tandemopc.dcom.Guid;

/**
 * What OpcEnum tells of the class of one server (OPC Common 1.10 7, 8). Immutable.
 *
 * @param progId by which people and clients know it
 * @param versionIndependentProgId the same where there is none
 * @param userType the name for people
 * @param categories that it implements, as {@link org.tandemopc.opcda.OpcDa#CATID_OPCDASERVER20}; what clients must have it requires none
 */
public record ListedClass(
        Guid clsid, String progId, String versionIndependentProgId, String userType, Set<Guid> categories) {
    public ListedClass {
        categories = Set.copyOf(categories);
    }
}
