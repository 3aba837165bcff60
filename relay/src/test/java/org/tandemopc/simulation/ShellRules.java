package org.tandemopc.simulation;

/** What a relay's shell must do; each is a rule that a planted bug breaks by setting it to false. */
final class ShellRules {
    /** An order with a smaller epoch than one accepted before is refused (M2). */
    boolean refusesStaleOrders = true;
    /** A detached member's links are closed, and the engine told that their answers are not coming. */
    boolean tellsTheDeskOfLostLinks = true;
    /** The engine hears that the runs of a lost link are over. */
    boolean endsRunsOfLostLinks = true;
    /** The engine hears that the runs of items are over that are made anew in a subscription that goes on. */
    boolean endsRunsOfItemsMadeAnew = true;
    /** Values that come over a link after it was closed are refused. */
    boolean refusesValuesOfClosedLinks = true;
    /** The parked items of the new active are switched on before the session counts as moved. */
    boolean unparksAtRehome = true;
    /** Cold: only the member of the order is connected; anything else is closed first. */
    boolean connectsOnlyWhatIsAttached = true;
    /** A member counts as synchronized when every session has its first messages from it. */
    boolean waitsForFirstMessages = true;
    /** A rehome is answered when every session is there, not the first. */
    boolean waitsForAllSessions = true;
    /** A link on which nothing comes for longer than its keep-alives allow is given up. */
    boolean watchesSilentLinks = true;
    /** A request that may have left is reported so, never as certainly not sent. */
    boolean admitsDoubt = true;
    /** After an outage values are reported anew that did not change meanwhile. */
    boolean refreshesAfterOutages = true;
    /** Items that the new active lacks get one Bad value (S10). */
    boolean tellsOfMissingItems = true;
}
