package org.tandemopc.dcom.orpc.server;

import java.security.SecureRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.tandemopc.dcom.Guid;

/**
 * Where a server takes the names of what it hands out from. Who has a name has access, so nobody may guess them.
 *
 * @param numbers OXID, OIDs and SETIDs; never 0
 * @param guids IPIDs
 */
record Names(LongSupplier numbers, Supplier<Guid> guids) {
    static Names random() {
        SecureRandom random = new SecureRandom();
        return new Names(
                () -> {
                    long number;
                    do {
                        number = random.nextLong();
                    } while (number == 0);
                    return number;
                },
                Guid::random);
    }
}
