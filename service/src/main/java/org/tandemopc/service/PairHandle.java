package org.tandemopc.service;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.WhenDisabled;
import org.tandemopc.core.pair.MemberHealth;
import org.tandemopc.core.pair.PairEffect;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairMachine;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.pair.PairState;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.FileTrouble;
import org.tandemopc.relay.Protocol;
import org.tandemopc.relay.SessionSnapshot;

/** One pair that the service runs: what people can see of it and order. Any thread. */
public final class PairHandle {
    private static final long PAUSE_NANOS_MIN = 200_000_000L;
    /** Lines are bounded by the configuration, bytes by this, should they ever be long: 128 MB. */
    static final SegmentLog.Limits RECORDS =
            new SegmentLog.Limits("records", 8L << 20, 16, PairConfig.EVENTS_DEFAULT, 5000);

    /**
     * What all pairs of a process share.
     *
     * @param scheduler for what takes no time: pings, timers, the beat
     * @param monitorScheduler for the tests of monitor items, whose work members decide on
     */
    record Shared(
            LongSupplier nanoClock,
            Clock wallClock,
            Scheduler scheduler,
            Scheduler monitorScheduler,
            PauseDetector pauses,
            DiskWriter disk,
            Path logFolder,
            StateFile stateFile,
            RecordListeners listeners) {}

    private volatile PairConfig config;
    private final Shared shared;
    private final EventLog log;
    private final Mailbox mailbox = new Mailbox();
    private final PairJournal journal;
    private final Protocol.Plane plane;
    private final MonitorRunner monitors;
    private final PairActor actor;
    private final PairOrders orders;
    private Scheduler.Cancellable pauseNotice;
    private @Nullable Thread thread;
    private volatile boolean enabled;
    private final ReentrantLock saving = new ReentrantLock();

    PairHandle(PairConfig config, Protocol protocol, Shared shared) {
        this.config = config;
        this.shared = shared;
        PairSettings settings = config.settings();
        Path folder = shared.logFolder().resolve(config.name());
        log = new EventLog(
                config.name(),
                shared.wallClock(),
                config.maximumEvents(),
                trouble -> shared.disk().open(folder, RECORDS, trouble),
                shared.listeners()::recorded);
        journal = new PairJournal(
                shared.disk().open(folder, new SegmentLog.Limits("journal", 4L << 20, 4, 5000), trouble -> {}));
        ProbeRunner probes = new ProbeRunner(shared.nanoClock(), shared.scheduler(), shared.pauses(), settings);
        monitors =
                new MonitorRunner(config, shared.nanoClock(), shared.monitorScheduler(), shared.pauses(), mailbox, log);
        plane = planeOf(protocol, new RelayEvents(mailbox, probes, shared.pauses(), log));
        List<ControlLink> links = links(probes);
        EffectPerformer performer = new EffectPerformer(
                plane.relay(),
                links,
                probes,
                monitors,
                new Timers(shared.nanoClock(), shared.scheduler(), shared.pauses(), mailbox),
                log,
                mailbox);
        actor = new PairActor(
                PairMachine.initial(settings, remembered(shared.stateFile())),
                mailbox,
                PairMachine::next,
                shared.nanoClock(),
                journal,
                performer::perform,
                log);
        orders = new PairOrders(config.name(), mailbox, journal);
        pauseNotice = noticePauses(settings);
    }

    private Protocol.Plane planeOf(Protocol protocol, RelayEvents events) {
        try {
            return protocol.pair(config, events);
        } catch (RuntimeException e) {
            closeRecords();
            throw e;
        }
    }

    private Scheduler.Cancellable noticePauses(PairSettings settings) {
        return shared.pauses()
                .subscribe(Math.max(PAUSE_NANOS_MIN, settings.pingTimeout().toNanos() / 2), paused -> {
                    monitors.paused(paused);
                    mailbox.fact(-1, now -> new PairEvent.OwnPauseNoticed(now, paused));
                });
    }

    private PairState.@Nullable Pin remembered(StateFile stateFile) {
        OptionalInt pinned = stateFile.pinned(name());
        return pinned.isPresent() && pinned.getAsInt() < config.members().size()
                ? new PairState.Pin(pinned.getAsInt(), "start of the service")
                : null;
    }

    private List<ControlLink> links(ProbeRunner probes) {
        List<ControlLink> links = new ArrayList<>();
        for (int member = 0; member < config.members().size(); member++) {
            ControlLink link =
                    plane.control(member, new LinkEvents(member, mailbox, probes, monitors, shared.pauses()));
            probes.add(link);
            monitors.add(link);
            links.add(link);
        }
        return links;
    }

    /** Lets clients come and wait, if {@link #start} will enable the pair. */
    void admitIfEnabled(boolean enableAnyway) {
        if (isToBeEnabled(enableAnyway)) {
            plane.relay().admit();
        }
    }

    private boolean isToBeEnabled(boolean enableAnyway) {
        return shared.stateFile().isServed(name(), enableAnyway);
    }

    /** Starts the actor, and the pair when this machine has it enabled. */
    void start(boolean enableAnyway) {
        thread = actor.start(name());
        enabled = isToBeEnabled(enableAnyway);
        if (enabled) {
            mailbox.fact(-1, now -> new PairEvent.EnableRequested(now, "start"));
            shared.stateFile()
                    .pinned(name())
                    .ifPresent(member -> mailbox.fact(-1, now -> new PairEvent.PinRequested(now, "start", member)));
        } else if (!shared.stateFile().knows(name())) {
            log.add(new PairRecord(RecordKind.NOTE, RecordTexts.notEnabledYet(name()), Map.of()));
        } else if (config.whenDisabled() == WhenDisabled.PRIMARY) {
            mailbox.fact(-1, now -> new PairEvent.PassThroughRequested(now, "start"));
        }
    }

    /**
     * Takes other settings of the same members under the same name while clients are served.
     *
     * @throws IOException too much is waiting to be decided; nothing was changed
     */
    void reconfigure(PairConfig to) throws IOException {
        PairConfig from = config;
        // Before the settings, so that no result of items that are gone comes after them.
        monitors.monitor(to.monitoring());
        if (!mailbox.order(now -> new PairEvent.SettingsChanged(now, to.settings()))) {
            monitors.monitor(from.monitoring());
            throw new IOException("'%s' has more to do than it can keep up with; try again.".formatted(name()));
        }
        config = to;
        keepRecords(to.maximumEvents());
        pauseNotice.cancel();
        pauseNotice = noticePauses(to.settings());
        if (!enabled && shared.stateFile().knows(name()) && from.whenDisabled() != to.whenDisabled()) {
            mailbox.fact(-1, now -> notServing(now, "configuration"));
        }
    }

    /** The record of an applied configuration. @param what half a sentence */
    void noteConfigured(String what, String by, String version) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("by", by);
        fields.put("version", version);
        fields.put("what", what);
        log.add(new PairRecord(RecordKind.NOTE, RecordTexts.configured(name(), by, what), fields));
    }

    /** A record of something that happened to the service as a whole. */
    void note(PairRecord record) {
        log.add(record);
    }

    private PairEvent notServing(long now, String by) {
        return config.whenDisabled() == WhenDisabled.PRIMARY
                ? new PairEvent.PassThroughRequested(now, by)
                : new PairEvent.DisableRequested(now, by);
    }

    /** Asks the pair to close its sessions and links; {@link #awaitDisabled} waits for it. */
    void beginStop() {
        beginStop(Explanation.BY_STOP);
    }

    /** @param by for the record */
    void beginStop(String by) {
        mailbox.fact(-1, now -> new PairEvent.DisableRequested(now, by));
    }

    /** Waits until the closing was ordered, but not longer than until then, or when interrupted. */
    void awaitDisabled(long endNanos) {
        while (thread != null
                && (!(actor.performed().phase() instanceof PairState.Phase.Disabled) || mailbox.size() > 0)) {
            if (System.nanoTime() - endNanos > 0 || Thread.currentThread().isInterrupted()) {
                return;
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    void endStop() {
        Thread running = thread;
        if (running != null) {
            actor.stop(running);
        }
        plane.remove();
        pauseNotice.cancel();
        closeRecords();
    }

    private void closeRecords() {
        log.close();
        shared.disk().close(List.of(log.disk(), journal.disk()));
    }

    public String name() {
        return config.name();
    }

    public PairConfig config() {
        return config;
    }

    /** Whether the pair is redundant on this machine, or disabled ({@link PairConfig#whenDisabled}). */
    public boolean isEnabled() {
        return enabled;
    }

    public PairSnapshot snapshot() {
        PairState state = actor.state();
        PairState.Pin pin = state.wishes().pin();
        String phase = Phases.nameOf(state);
        return new PairSnapshot(
                name(),
                state.settings().mode(),
                phase,
                state.active(),
                state.epoch(),
                members(state),
                pin == null ? OptionalInt.empty() : OptionalInt.of(pin.member()),
                plane.relay().snapshot(),
                log.lostOnDisk(),
                Explanation.of(phase, state.epoch(), log.lastRecords()));
    }

    private List<PairSnapshot.Member> members(PairState state) {
        List<PairSnapshot.Member> members = new ArrayList<>();
        for (int i = 0; i < state.members().size(); i++) {
            MemberHealth health = state.members().get(i);
            members.add(new PairSnapshot.Member(
                    state.settings().members().get(i).machine(),
                    health.link() == MemberHealth.Link.OPEN,
                    i == state.active()
                            || (health.isUpToDate() && health.verdict().isUsable()),
                    health.verdict(),
                    health.condition(),
                    health.damping().suppressed(),
                    monitors.snapshot(i)));
        }
        return members;
    }

    /** The client sessions that are open, oldest first. */
    public List<SessionSnapshot> sessions() {
        return plane.relay().sessions();
    }

    /**
     * When the pair decided to leave its active member, the first time after the given moment; empty while it has not.
     *
     * @param nanos monotonic, as {@link System#nanoTime}
     */
    public OptionalLong leftActiveAfter(long nanos) {
        return journal.newest().stream()
                .filter(t -> t.event().atNanos() - nanos >= 0)
                .filter(t -> t.effects().stream().anyMatch(PairEffect.HoldRelays.class::isInstance))
                .mapToLong(t -> t.event().atNanos())
                .findFirst();
    }

    /** The newest records, oldest first. */
    public List<LoggedRecord> records() {
        return log.newest();
    }

    /** The records that are asked for. */
    public RecordPage records(RecordQuery query) {
        return log.find(query);
    }

    /** Where the records are on the disk: a fully qualified path (DIA-6). */
    public Path recordsFolder() {
        return log.folder();
    }

    /** Empties the log, in memory and on the disk (DIA-5). @param by who asks */
    public void resetRecords(String by) {
        log.reset(by);
    }

    /** Keeps so many records from now on, without a restart (DIA-7). */
    void keepRecords(int maximumEvents) {
        log.keepNewest(maximumEvents);
    }

    /** @param by who asks, for the record */
    public OrderAnswer switchTo(int member, String by) {
        return withMember(member, () -> orders.decide(now -> new PairEvent.SwitchRequested(now, by, member)));
    }

    /** Stays on the member until {@link #unpin}, also over a restart of the service. */
    public OrderAnswer pin(int member, String by) {
        return withMember(
                member,
                () -> orders.decideAndSave(
                        now -> new PairEvent.PinRequested(now, by, member),
                        () -> shared.stateFile().savePin(name(), OptionalInt.of(member))));
    }

    public OrderAnswer unpin(String by) {
        return orders.decideAndSave(
                now -> new PairEvent.PinReleased(now, by),
                () -> shared.stateFile().savePin(name(), OptionalInt.empty()));
    }

    public OrderAnswer resetDamping(String by) {
        return orders.tell(now -> new PairEvent.DampingReset(now, by));
    }

    /** Connects and serves, from now on also after a restart. */
    public OrderAnswer enable(String by) {
        return saved(
                () -> {
                    shared.stateFile().saveEnabled(name(), true);
                    enabled = true;
                },
                now -> new PairEvent.EnableRequested(now, by));
    }

    /**
     * Ends redundancy at once, from now on also after a restart: all client sessions and links are closed, or the clients
     * go on with the primary alone, as {@link PairConfig#whenDisabled} says.
     */
    public OrderAnswer disable(String by) {
        return saved(
                () -> {
                    shared.stateFile().saveEnabled(name(), false);
                    enabled = false;
                },
                now -> notServing(now, by));
    }

    /** One at a time, so that what is saved last is what is done last. */
    private OrderAnswer saved(PairOrders.Save save, LongFunction<PairEvent> event) {
        saving.lock();
        try {
            save.run();
            return orders.tell(event);
        } catch (IOException e) {
            return new OrderAnswer.Refused("The state of this machine could not be saved: " + FileTrouble.of(e));
        } finally {
            saving.unlock();
        }
    }

    private OrderAnswer withMember(int member, Supplier<OrderAnswer> order) {
        int count = config.members().size();
        if (member < 0 || member >= count) {
            return new OrderAnswer.Refused("'%s' has members 0 to %d, not %d.".formatted(name(), count - 1, member));
        }
        PairState state = actor.state();
        if (state.phase() instanceof PairState.Phase.Disabled || state.isPassThrough()) {
            return new OrderAnswer.Refused("'%s' is disabled.".formatted(name()));
        }
        return order.get();
    }
}
