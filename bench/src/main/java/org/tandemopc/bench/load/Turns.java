package org.tandemopc.bench.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tandemopc.bench.world.Way;

/** Who is first in which run, so that what changes on the machine touches all ways. */
final class Turns {
    private Turns() {}

    static List<Way> of(int run, Way... ways) {
        List<Way> order = new ArrayList<>(List.of(ways));
        Collections.rotate(order, -run);
        return order;
    }
}
