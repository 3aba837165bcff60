package org.tandemopc.simulation;

import java.util.List;
import java.util.stream.Stream;

/** All planted bugs. Product code has no switch for any of them: each stands between the model and the product. */
final class PlantedBugs {
    private static final List<PlantedBug> ALL = Stream.of(
                    DecisionBugs.all(), DeliveryBugs.all(), RequestBugs.all(), ShellBugs.all())
            .flatMap(List::stream)
            .toList();

    private PlantedBugs() {}

    static List<PlantedBug> all() {
        return ALL;
    }
}
