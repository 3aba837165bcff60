package org.tandemopc.simulation;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Each rule of {@link ShellRules}, forgotten by a shell. */
final class ShellBugs {
    private ShellBugs() {}

    static List<PlantedBug> all() {
        return List.of(
                bug(
                        "the relay obeys an order of an epoch that is over",
                        Set.of("M2", "I2"),
                        r -> r.refusesStaleOrders = false),
                bug("the desk is not told of a lost link", Set.of("S8"), r -> r.tellsTheDeskOfLostLinks = false),
                bug("the engine is not told of a lost link", Set.of("I4", "S17"), r -> r.endsRunsOfLostLinks = false),
                bug(
                        "the engine is not told that an item is made anew",
                        Set.of("I4", "I7", "S17"),
                        r -> r.endsRunsOfItemsMadeAnew = false),
                bug("values of a closed link are taken", Set.of("I4", "I7"), r -> r.refusesValuesOfClosedLinks = false),
                bug("a parked member is switched on after the release", Set.of("S14"), r -> r.unparksAtRehome = false),
                bug("links to a detached member stay open", Set.of("M7"), r -> r.connectsOnlyWhatIsAttached = false),
                bug(
                        "a standby counts as ready before its first messages",
                        Set.of("S14"),
                        r -> r.waitsForFirstMessages = false),
                bug(
                        "one session's move is reported as all sessions'",
                        Set.of("S14"),
                        r -> r.waitsForAllSessions = false),
                bug("a silent link is never given up", Set.of("I5"), r -> r.watchesSilentLinks = false),
                bug("a request whose bytes left fails as not sent", Set.of("I1", "S3"), r -> r.admitsDoubt = false),
                bug(
                        "an outage ends without a refresh of what stayed equal",
                        Set.of("I11"),
                        r -> r.refreshesAfterOutages = false),
                bug(
                        "nobody is told that the new active lacks an item",
                        Set.of("S10"),
                        r -> r.tellsOfMissingItems = false));
    }

    private static PlantedBug bug(String mistake, Set<String> rules, Consumer<ShellRules> forgets) {
        return new PlantedBug(mistake, rules, () -> new Plant() {
            @Override
            ShellRules shell() {
                ShellRules made = new ShellRules();
                forgets.accept(made);
                return made;
            }
        });
    }
}
