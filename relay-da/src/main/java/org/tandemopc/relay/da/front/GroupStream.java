package org.tandemopc.relay.da.front;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.Route;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.OpcItemChange;

/**
 * Which values of which member a group's client gets. Those of one member, the source, flow as they come: of the active one, or of a
 * standby that leads. Those of others wait, within a {@link WaitingBudget}, until the client has them. After a change of the source
 * nothing is told twice and nothing old after something new: for a while each value is held against the last one that the client got of
 * its item.
 *
 * <p>A standby <i>leads</i> while the active is overdue ({@link Lead}), if it is proven for each item that the client can go on with it: it
 * has said the very change that the client has, with the same time, value and quality, and what it says since is of the same quality.
 * That ends when the active has said all that the client has, when the standby says something else, or with the decision
 * ({@link #promote}).
 *
 * <p>Members that were seen to tell one change with the same time are compared by time: nothing is lost and nothing doubled so. Of
 * others the first value that is newer, by the member's clock less how much it is ahead, and different is told. Where times differ by
 * more than {@link #SKEW_TICKS_MAX} all the same, they say nothing, and the value counts as new (I8).
 *
 * <p>A different value that is left out as older is the member's last word if no newer one follows: it is told when values are not
 * judged any more, so that a client never stays with a value that the member does not have.
 *
 * <p>Items are named by Tandem's handles. Pure; one thread at a time; time comes in.
 */
final class GroupStream {
    /** For how long after a change of the source values are held against what the client has. */
    static final long SETTLING_NANOS = 5_000_000_000L;

    /** 10 s. */
    static final long SKEW_TICKS_MAX = 100_000_000L;

    /** What came so much earlier than what the client has is old, whatever its time says. */
    static final long LAG_NANOS_MAX = 5_000_000_000L;

    /** Members of a pair are few; a pair of them is one number. */
    private static final int MEMBERS_MAX = 1_000;

    /** The group, as it is now. */
    interface Group {
        long rateNanos();

        /** Whether the client wants values of the item. */
        boolean isActive(int item);

        /** Whether the client has the item, or is about to; members may still tell one that it has removed. */
        boolean has(int item);

        /** Whether standbys tell their values so that they can be used. */
        boolean mayBeLed();
    }

    private final Group group;
    private final WaitingBudget budget;

    /** The last that the client got of an item. */
    private final Marks marks = new Marks();

    /** By item, what the client had when it was told something that no member said; until it has a value again. */
    private final Map<Integer, Said> former = new HashMap<>();

    private final Map<Integer, MemberStream> members = new TreeMap<>();

    /** Pairs of members that were seen to tell one change with the same time. */
    private final Set<Integer> agreed = new HashSet<>();

    /** How much the clocks of members are ahead of ours, as far as it is known. */
    private final Map<Integer, Long> skewTicks = new TreeMap<>();

    /** By item, what the source said last and was left out as older, though it is different. */
    private final Map<Integer, Said> heldBack = new LinkedHashMap<>();

    private final Lead lead = new Lead();
    private int live = Route.NONE;
    private int source = Route.NONE;
    private boolean isSettling;
    private long settledAtNanos;
    /** The source is the active again after a standby led, and has said nothing since: it may hang, and its last word be an old one. */
    private boolean isToBeHeard;

    private long dropped;

    GroupStream(Group group, WaitingBudget budget) {
        this.group = group;
        this.budget = budget;
    }

    private MemberStream member(int member) {
        return members.computeIfAbsent(member, m -> new MemberStream(budget));
    }

    // ---- what members say

    /**
     * A callback of a member.
     *
     * @param changes none: the member is alive
     * @return what the client gets of it now, in order
     */
    List<OpcItemChange> arrived(int member, List<OpcItemChange> changes, long nowNanos) {
        MemberStream from = member(member);
        List<Said> values = changes.stream()
                .filter(change -> group.has(change.clientHandle()))
                .map(change -> new Said(member, change, nowNanos))
                .toList();
        values.forEach(said -> says(from, said));
        from.heard(nowNanos);
        if (member == live) {
            lead.heard(!values.isEmpty(), group.rateNanos(), nowNanos);
        }
        if (member != source) {
            return waits(from, member, values, nowNanos);
        }
        if (lead.isLeading() && !values.stream().allMatch(this::isAsBefore)) {
            dropped += from.await(values);
            return goOnWith(live, nowNanos);
        }
        isToBeHeard = false;
        List<OpcItemChange> told = passed(values, nowNanos);
        members.forEach((other, stream) -> letGo(other, stream, nowNanos));
        return told;
    }

    private List<OpcItemChange> waits(MemberStream from, int member, List<Said> values, long nowNanos) {
        dropped += from.await(values);
        letGo(member, from, nowNanos);
        lead.standbySpoke();
        if (lead.isLeading() && member == live && !values.isEmpty() && canGoOnWith(from, false)) {
            lead.wasWrong();
            return goOnWith(live, nowNanos);
        }
        return List.of();
    }

    private void says(MemberStream from, Said said) {
        members.values().forEach(other -> {
            if (other != from) {
                compare(other.word(said.item()), said);
            }
        });
        from.says(said);
        if (marks.has(said)) {
            from.meets(said);
        }
    }

    /** Whether another member has told this very change with this very time. */
    private void compare(@Nullable Said theirs, Said said) {
        if (theirs != null && theirs.isExactly(said)) {
            agreed.add(pair(theirs.member(), said.member()));
        }
    }

    private static int pair(int one, int other) {
        return Math.min(one, other) * MEMBERS_MAX + Math.max(one, other);
    }

    /** A standby's values that the client has need not wait, nor those that the source has not said for long though it was heard. */
    private void letGo(int member, MemberStream stream, long nowNanos) {
        MemberStream.@Nullable Callback first = member == source ? null : stream.first();
        while (first != null) {
            if (first.areAll(said -> isCovered(stream, said))) {
                if (member != live) {
                    lead.agreed(nowNanos - first.atNanos());
                }
                stream.removeFirst();
            } else if (source != Route.NONE && member(source).heardNanos() - first.atNanos() > LAG_NANOS_MAX) {
                stream.loseFirst();
            } else {
                return;
            }
            first = stream.first();
        }
    }

    private boolean isCovered(MemberStream stream, Said said) {
        if (!group.isActive(said.item())) {
            // nobody waits for it, and the source need never say it
            return true;
        }
        if (marks.has(said)) {
            stream.meets(said);
            return true;
        }
        Said mark = marks.of(said.item());
        return mark != null && said.ticks() != 0 && isByTime(mark, said) && isOlder(mark.ticks() - said.ticks());
    }

    // ---- which member is heard

    /**
     * Tells how much a member's clock is ahead of ours, 0 if that is not known. Of use for members alone that do not tell one change with
     * the same time.
     */
    void clock(int member, long aheadTicks) {
        skewTicks.put(member, aheadTicks);
    }

    /**
     * The decision: the member is active from now on; values of others wait, and what the former active still sends is for nobody.
     *
     * @return what the client has not got of the values that waited, in order
     */
    List<OpcItemChange> promote(int member, long nowNanos) {
        if (member == live) {
            return List.of();
        }
        live = member;
        lead.forget();
        if (member == source) {
            lead.end();
            return List.of();
        }
        return goOnWith(member, nowNanos);
    }

    /** Whether the member is the active one. */
    boolean isLive(int member) {
        return member == live;
    }

    /** Whose values the client gets. */
    int source() {
        return source;
    }

    /** Whether something of the member was lost, as more of its values waited than can, that the client has not got since. */
    boolean hasOverflowed(int member) {
        MemberStream stream = member(member);
        return stream.hasLost(said -> isCovered(stream, said) || isMadeUpFor(said));
    }

    /** The source has said something later since; where times say nothing, it was heard for long. */
    private boolean isMadeUpFor(Said lost) {
        if (source == Route.NONE) {
            return false;
        }
        Said mark = marks.of(lost.item());
        return isAgreed(source, lost.member())
                ? mark != null && mark.ticks() > lost.ticks()
                : member(source).heardNanos() - lost.atNanos() > LAG_NANOS_MAX;
    }

    /** The newest time of a value that the client has; 0: it has none. */
    long lastTicks() {
        return marks.all().stream().mapToLong(Said::ticks).max().orElse(0);
    }

    /** The connection to the member has ended. @return what the client gets now, if the member was leading */
    List<OpcItemChange> ended(int member, long nowNanos) {
        return member == source && lead.isLeading() ? goOnWith(live, nowNanos) : List.of();
    }

    /**
     * The connection to the member is a new one, which tells what it has from the beginning.
     *
     * @return what the client gets now, if the member was leading
     */
    List<OpcItemChange> restarted(int member, long nowNanos) {
        List<OpcItemChange> told = ended(member, nowNanos);
        member(member).clear();
        lead.forget();
        if (member == source) {
            settle(nowNanos);
        }
        return told;
    }

    /** From here on the member's values are told, from what the client has. */
    private List<OpcItemChange> goOnWith(int member, long nowNanos) {
        boolean isReturn = lead.isLeading() && member == live;
        source = member;
        if (member == live) {
            lead.end();
        } else {
            lead.begin();
        }
        settle(nowNanos);
        isToBeHeard = isReturn;
        MemberStream stream = member(member);
        List<Said> news = new ArrayList<>();
        for (Said word : stream.settledWords()) {
            Said mark = marks.of(word.item());
            if (group.isActive(word.item()) && (mark == null || !mark.isSame(word))) {
                news.add(word);
            }
        }
        news.addAll(stream.takeAll());
        return passed(news, nowNanos);
    }

    private void settle(long nowNanos) {
        // a client that has nothing yet can get nothing twice
        isSettling = !marks.isEmpty();
        settledAtNanos = nowNanos + SETTLING_NANOS;
        isToBeHeard = false;
        heldBack.clear();
    }

    // ---- a standby that leads

    /** Whether what a standby says can be told though nobody knows whether the active says it too. */
    private boolean isAsBefore(Said said) {
        Said mark = marks.of(said.item());
        return mark != null
                && said.hasQualityOf(mark)
                && HResult.isSuccess(said.change().error());
    }

    /**
     * Whether the member's values go on from what the client has, proven for each item. Not where something waits before that which has
     * a later time: its clock has been set back since, and by time that would be news.
     *
     * @param isToLead whether it must be as before, too
     */
    private boolean canGoOnWith(MemberStream stream, boolean isToLead) {
        Set<Integer> said = new HashSet<>();
        Set<Integer> later = new HashSet<>();
        for (MemberStream.Callback callback : stream.waiting()) {
            for (Said value : callback.rest()) {
                Said mark = marks.of(value.item());
                if (isToLead && !isAsBefore(value)) {
                    return false;
                }
                if (marks.has(value)) {
                    said.add(value.item());
                    if (later.contains(value.item())) {
                        return false;
                    }
                } else if (mark != null && value.ticks() > mark.ticks() && !said.contains(value.item())) {
                    later.add(value.item());
                }
            }
        }
        return marks.all().stream()
                .allMatch(mark -> !group.isActive(mark.item()) || said.contains(mark.item()) || hasSaid(stream, mark));
    }

    private boolean hasSaid(MemberStream stream, Said mark) {
        Said met = stream.met(mark.item());
        return met != null && marks.has(met);
    }

    /** When a standby could lead. */
    private long leadNanos(MemberStream stream) {
        MemberStream.@Nullable Callback first = stream.first();
        return first == null || marks.isEmpty() || !group.mayBeLed()
                ? Long.MAX_VALUE
                : lead.dueNanos(first.atNanos(), group.rateNanos());
    }

    // ---- time

    /** When {@link #tick} has something to do; {@link Long#MAX_VALUE}: not before something else happens. */
    long nextNanos() {
        boolean isToSettle = !heldBack.isEmpty() && !isToBeHeard;
        long next = Math.min(isToSettle ? settledAtNanos : Long.MAX_VALUE, lead.overstayedNanos());
        for (Map.Entry<Integer, MemberStream> each : members.entrySet()) {
            if (each.getKey() != source) {
                next = Math.min(next, leadNanos(each.getValue()));
            }
        }
        return next;
    }

    /**
     * Time has passed.
     *
     * @return what the client gets now: values of a standby that leads from now on, or what was left out of the source's last words
     *     though the client has something else
     */
    List<OpcItemChange> tick(long nowNanos) {
        List<OpcItemChange> told = new ArrayList<>();
        if (nowNanos >= lead.overstayedNanos()) {
            lead.wasWrong();
            told.addAll(goOnWith(live, nowNanos));
        }
        for (int member : List.copyOf(members.keySet())) {
            if (member != source && nowNanos >= leadNanos(member(member))) {
                told.addAll(leads(member, nowNanos));
            }
        }
        told.addAll(passed(List.of(), nowNanos));
        return told;
    }

    private List<OpcItemChange> leads(int member, long nowNanos) {
        if (hasOverflowed(member) || !canGoOnWith(member(member), true)) {
            lead.refused();
            return List.of();
        }
        return goOnWith(member, nowNanos);
    }

    // ---- what the client has

    /**
     * The client was told something that no member said, or nobody wants values: whatever comes next is news, but not what is older than
     * what the client had.
     */
    void forgetMarks() {
        marks.all().forEach(mark -> former.put(mark.item(), mark));
        marks.clear();
        heldBack.clear();
        if (lead.isLeading()) {
            lead.end();
            lead.forget();
            source = live;
            member(source).takeAll();
        }
    }

    /** What the client got last of each item: for one more sink of it. Errors of a moment are not told again. */
    List<OpcItemChange> last() {
        List<OpcItemChange> last = new ArrayList<>();
        marks.all()
                .forEach(mark -> last.add(new OpcItemChange(
                        mark.item(),
                        mark.change().value(),
                        mark.change().quality(),
                        new FileTime(mark.ticks()),
                        HResult.S_OK)));
        return last;
    }

    void remove(int item) {
        marks.remove(item);
        former.remove(item);
        heldBack.remove(item);
        members.values().forEach(of -> of.remove(item));
    }

    /** The group ends: nothing waits any more. */
    void close() {
        members.values().forEach(MemberStream::clear);
    }

    /** Values that were not delivered: told already, too old, or more than could wait. */
    long dropped() {
        return dropped;
    }

    private List<OpcItemChange> passed(List<Said> arrived, long nowNanos) {
        if (isSettling && nowNanos - settledAtNanos >= 0) {
            isSettling = false;
        }
        List<OpcItemChange> passed = new ArrayList<>(arrived.size());
        for (Said one : arrived) {
            Said mark = marks.of(one.item());
            if (isSettling && mark != null && isKnown(mark, one)) {
                dropped++;
            } else if (isOfBefore(one)) {
                dropped++;
                holdBack(one, nowNanos);
            } else {
                pass(one, passed);
            }
        }
        if (!isSettling && !isToBeHeard && !heldBack.isEmpty()) {
            List.copyOf(heldBack.values()).forEach(one -> pass(one, passed));
        }
        return passed;
    }

    /**
     * A member that was cut off, and comes back, tells first what it had to say before that; the client may have got later words of another
     * one until nobody was left. Where times cannot be compared nothing is known.
     */
    private boolean isOfBefore(Said said) {
        Said had = former.get(said.item());
        return had != null && isByTime(had, said) && isOlder(had.ticks() - said.ticks());
    }

    /** Until a newer one comes, or none does for long: then it is what the member has. */
    private void holdBack(Said said, long nowNanos) {
        if (heldBack.isEmpty()) {
            isSettling = true;
            settledAtNanos = nowNanos + SETTLING_NANOS;
        }
        heldBack.put(said.item(), said);
    }

    private void pass(Said one, List<OpcItemChange> passed) {
        heldBack.remove(one.item());
        former.remove(one.item());
        marks.put(one);
        member(one.member()).meets(one);
        passed.add(one.change());
    }

    private boolean isKnown(Said mark, Said said) {
        boolean isSame = mark.isSame(said);
        boolean isKnown = isLate(mark, said)
                || marks.has(said)
                || (isSame && isWithoutNews(mark, said))
                || isOlder(behind(mark, said));
        if (isSame) {
            heldBack.remove(said.item());
        } else if (isKnown) {
            heldBack.put(said.item(), said);
        }
        return isKnown;
    }

    private static boolean isLate(Said mark, Said said) {
        return mark.atNanos() - said.atNanos() > LAG_NANOS_MAX;
    }

    /** Of the same value: the same time says that it is the same change; times that say nothing leave it as if it were. */
    private boolean isWithoutNews(Said mark, Said said) {
        return mark.ticks() == said.ticks() || !isByTime(mark, said);
    }

    private long behind(Said mark, Said said) {
        long behind = mark.ticks() - said.ticks();
        return isByTime(mark, said)
                ? behind
                : behind + skewTicks.getOrDefault(said.member(), 0L) - skewTicks.getOrDefault(mark.member(), 0L);
    }

    /** Whether the times of what the client has and of this can be compared. */
    private boolean isByTime(Said mark, Said said) {
        return isAgreed(mark.member(), said.member());
    }

    private boolean isAgreed(int one, int other) {
        return one == other || agreed.contains(pair(one, other));
    }

    private static boolean isOlder(long behind) {
        return behind > 0 && behind < SKEW_TICKS_MAX;
    }
}
