package org.tandemopc.core.pair;

/**
 * A fact that the pair's machine must hear of. {@code atNanos} is monotonic and stamped by the actor that takes the
 * event from its mailbox, never by the sender.
 */
public sealed interface PairEvent {
    long atNanos();

    /** The pair was enabled: connect, admit clients and serve. */
    record EnableRequested(long atNanos, String by) implements PairEvent {}

    /** The pair was disabled: close everything. */
    record DisableRequested(long atNanos, String by) implements PairEvent {}

    /**
     * The pair was disabled, and its clients are to be served by the primary alone meanwhile: no other member is connected,
     * and nothing is switched.
     */
    record PassThroughRequested(long atNanos, String by) implements PairEvent {}

    /** The control link to a member is up: channel and session open, identity and namespaces checked. */
    record LinkOpened(long atNanos, int member, ServerCondition condition) implements PairEvent {}

    /**
     * An attempt to open the control link failed.
     *
     * @param code StatusCode or HRESULT, as unsigned 32 bits
     */
    record LinkFailed(long atNanos, int member, LossCause cause, long code, String detail) implements PairEvent {}

    /** An open control link ended without our doing. */
    record LinkLost(long atNanos, int member, LossCause cause, long code, String detail) implements PairEvent {}

    /** A status request was answered, or a change of state was reported by the server. */
    record ConditionReported(long atNanos, int member, ServerCondition condition) implements PairEvent {}

    /**
     * A status request was not answered within the timeout.
     *
     * @param silentNanos for how long nothing at all has come from the member, over any of the pair's links to it;
     *     {@link Long#MAX_VALUE} if nothing ever has
     */
    record ProbeTimedOut(long atNanos, int member, long silentNanos) implements PairEvent {}

    /** The server said that it will stop, or stopped answering with that reason. */
    record ShutdownAnnounced(long atNanos, int member, String detail) implements PairEvent {}

    /** A subscription on the member was accepted but its first notification did not come in time. */
    record FirstNotificationMissing(long atNanos, int member, String detail) implements PairEvent {}

    /**
     * The relay has sessions, subscriptions and first values ready on the attached member: it could take over at once.
     * Void when the member's link ends. A relay without sessions is synchronized as soon as it is attached.
     */
    record MemberSynchronized(long atNanos, int member) implements PairEvent {}

    /**
     * A client has asked for something that the synchronized member has not yet, or not for long enough to go on with it
     * without a gap; or no client has any more (transitions only). Void as the event before.
     */
    record MemberLags(long atNanos, int member, boolean lags) implements PairEvent {}

    /** A monitor item test of the member failed or passed (transitions only). */
    record MonitorTestChanged(long atNanos, int member, boolean passed, String detail) implements PairEvent {}

    /** All sessions of the relay are on the member named by the order of this epoch. */
    record RelayRehomed(long atNanos, long epoch, RehomeReport report) implements PairEvent {}

    /** The relay could not follow the order of this epoch. */
    record RelayFailed(long atNanos, long epoch, String why) implements PairEvent {}

    /** A timer asked for by {@link PairEffect.StartTimer} is due. */
    record TimerFired(long atNanos, Timer timer) implements PairEvent {}

    /**
     * A person asks for a switch.
     *
     * @param target index of the wanted member
     */
    record SwitchRequested(long atNanos, String by, int target) implements PairEvent {}

    /** A person pins the pair to a member: no automatic cause moves it until released. */
    record PinRequested(long atNanos, String by, int target) implements PairEvent {}

    record PinReleased(long atNanos, String by) implements PairEvent {}

    /** Damping penalties and failed attempts of all members are forgotten, by a person: whoever is to be connected is asked at once. */
    record DampingReset(long atNanos, String by) implements PairEvent {}

    /**
     * The process itself was not running for a while (S35): verdicts that rest on waiting are void for one round. Must be
     * told before the timeouts and timers that became due meanwhile.
     */
    record OwnPauseNoticed(long atNanos, long pausedNanos) implements PairEvent {}

    /** New settings for the same members. */
    record SettingsChanged(long atNanos, PairSettings settings) implements PairEvent {}
}
