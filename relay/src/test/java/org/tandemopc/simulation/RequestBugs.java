package org.tandemopc.simulation;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.tandemopc.relay.delivery.Outcome;
import org.tandemopc.relay.delivery.RequestDesk;

/** Mistakes in the way of a client's request: I1-I3, I11, M2, M4, S1, S3, S8, S12. */
final class RequestBugs {
    private RequestBugs() {}

    static List<PlantedBug> all() {
        return List.of(
                bug("a write is repeated like a read", Set.of("I1"), RepeatsWrites::new),
                bug("a read is not repeated but reported as unknown", Set.of("S1"), NeverRepeats::new),
                outcome(
                        "an unknown write is called not sent",
                        Set.of("S3"),
                        o -> o instanceof Outcome.Unknown<SimAnswer> u ? new Outcome.NotSent<>(u.why()) : o),
                outcome(
                        "a write of unknown fate ends as expired",
                        Set.of("S3"),
                        o -> o instanceof Outcome.Unknown<SimAnswer> u ? new Outcome.Expired<>(u.why()) : o),
                bug("a write that left is called good without an answer", Set.of("I3"), GuessesGood::new),
                bug("a request is answered by its deadline and by its answer", Set.of("M4"), AnswersTwice::new),
                bug("a request that waits when all members fail is forgotten", Set.of("M4"), ForgetsAtStrand::new),
                bug("a late answer is taken for the sending that waits now", Set.of("I3", "S8"), TakesLateAnswers::new),
                bug("answers are matched by their order, not their number", Set.of("I3"), MatchesByOrder::new),
                bug("requests go on to the member of the route before", Set.of("I2"), SendsToTheOld::new),
                bug("requests go on during the switch", Set.of("M2", "I2"), IgnoresHold::new),
                bug("the wait for a member is added to the deadline", Set.of("I11"), WaitsPastTheDeadline::new),
                bug("the hold timeout is ignored", Set.of("I11"), HoldsUntilTheDeadline::new),
                bug("requests wait while no member is usable", Set.of("S12"), WaitsWhileStranded::new),
                bug("requests on hold are not sent after the switch", Set.of("I11"), ForgetsToRelease::new));
    }

    private static PlantedBug bug(
            String mistake,
            Set<String> rules,
            BiFunction<Integer, RequestDesk.Output<SimRequest, SimAnswer>, DeskPort> desk) {
        return new PlantedBug(mistake, rules, () -> new Plant() {
            @Override
            DeskPort desk(int requestsMax, RequestDesk.Output<SimRequest, SimAnswer> output) {
                return desk.apply(requestsMax, output);
            }
        });
    }

    /** The outcome is told wrongly. */
    private static PlantedBug outcome(
            String mistake, Set<String> rules, Function<Outcome<SimAnswer>, Outcome<SimAnswer>> told) {
        return bug(
                mistake,
                rules,
                (max, output) -> new DeskPort(max, new Out(output) {
                    @Override
                    public void complete(long id, SimRequest request, Outcome<SimAnswer> outcome) {
                        super.complete(id, request, request.repeatable() ? outcome : told.apply(outcome));
                    }
                }));
    }

    /** Forwards. */
    private static class Out implements RequestDesk.Output<SimRequest, SimAnswer> {
        private final RequestDesk.Output<SimRequest, SimAnswer> to;

        Out(RequestDesk.Output<SimRequest, SimAnswer> to) {
            this.to = to;
        }

        @Override
        public boolean send(long id, int member, long epoch, SimRequest request) {
            return to.send(id, member, epoch, request);
        }

        @Override
        public void complete(long id, SimRequest request, Outcome<SimAnswer> outcome) {
            to.complete(id, request, outcome);
        }
    }

    private static final class RepeatsWrites extends DeskPort {
        RepeatsWrites(int max, RequestDesk.Output<SimRequest, SimAnswer> output) {
            super(max, new Out(output) {
                @Override
                public void complete(long id, SimRequest request, Outcome<SimAnswer> outcome) {
                    boolean isUnknown = !request.repeatable() && outcome instanceof Outcome.Expired<SimAnswer>;
                    super.complete(id, request, isUnknown ? new Outcome.Unknown<>(0, 0, "no answer") : outcome);
                }
            });
        }

        @Override
        void submit(long id, SimRequest request, boolean repeatable, long deadline, long hold, long now) {
            super.submit(id, request, true, deadline, hold, now);
        }
    }

    private static final class NeverRepeats extends DeskPort {
        NeverRepeats(int max, RequestDesk.Output<SimRequest, SimAnswer> output) {
            super(max, output);
        }

        @Override
        void submit(long id, SimRequest request, boolean repeatable, long deadline, long hold, long now) {
            super.submit(id, request, false, deadline, hold, now);
        }
    }

    private static final class GuessesGood extends DeskPort {
        GuessesGood(int max, RequestDesk.Output<SimRequest, SimAnswer> output) {
            super(max, new Out(output) {
                @Override
                public void complete(long id, SimRequest request, Outcome<SimAnswer> outcome) {
                    super.complete(
                            id,
                            request,
                            outcome instanceof Outcome.Unknown<SimAnswer> u
                                    ? new Outcome.Done<>(
                                            u.member(),
                                            u.epoch(),
                                            new SimAnswer(id, u.member(), u.epoch(), SimAnswer.GOOD, 0))
                                    : outcome);
                }
            });
        }
    }

    /** The request that timed out stays in the table. */
    private static final class AnswersTwice extends DeskPort {
        private record TimedOut(SimRequest request, int member, long epoch) {}

        private final RequestDesk.Output<SimRequest, SimAnswer> output;
        private final Map<Long, TimedOut> left;

        AnswersTwice(int max, RequestDesk.Output<SimRequest, SimAnswer> output) {
            this(max, output, new HashMap<>());
        }

        private AnswersTwice(int max, RequestDesk.Output<SimRequest, SimAnswer> output, Map<Long, TimedOut> left) {
            super(max, new Out(output) {
                @Override
                public void complete(long id, SimRequest request, Outcome<SimAnswer> outcome) {
                    if (outcome instanceof Outcome.Unknown<SimAnswer> u) {
                        left.put(id, new TimedOut(request, u.member(), u.epoch()));
                    }
                    super.complete(id, request, outcome);
                }
            });
            this.output = output;
            this.left = left;
        }

        @Override
        void answered(long id, int member, long epoch, SimAnswer answer, long now) {
            TimedOut waits = left.remove(id);
            if (waits != null) {
                output.complete(id, waits.request(), new Outcome.Done<>(member, epoch, answer));
            } else {
                super.answered(id, member, epoch, answer, now);
            }
        }
    }

    private static final class ForgetsAtStrand extends DeskPort {
        private final boolean[] stranding;

        ForgetsAtStrand(int max, RequestDesk.Output<SimRequest, SimAnswer> output) {
            this(max, output, new boolean[1]);
        }

        private ForgetsAtStrand(int max, RequestDesk.Output<SimRequest, SimAnswer> output, boolean[] stranding) {
            super(max, new Out(output) {
                @Override
                public void complete(long id, SimRequest request, Outcome<SimAnswer> outcome) {
                    if (!stranding[0]) {
                        super.complete(id, request, outcome);
                    }
                }
            });
            this.stranding = stranding;
        }

        @Override
        void strand(long epoch, long now) {
            stranding[0] = true;
            super.strand(epoch, now);
            stranding[0] = false;
        }
    }

    /** Where each request was sent last. */
    private static class Remembering extends DeskPort {
        record Sending(int member, long epoch) {}

        final Map<Long, Sending> last;

        Remembering(int max, RequestDesk.Output<SimRequest, SimAnswer> output, Map<Long, Sending> last) {
            super(max, new Out(output) {
                @Override
                public boolean send(long id, int member, long epoch, SimRequest request) {
                    last.put(id, new Sending(member, epoch));
                    return super.send(id, member, epoch, request);
                }

                @Override
                public void complete(long id, SimRequest request, Outcome<SimAnswer> outcome) {
                    last.remove(id);
                    super.complete(id, request, outcome);
                }
            });
            this.last = last;
        }
    }

    private static final class TakesLateAnswers extends Remembering {
        TakesLateAnswers(int max, RequestDesk.Output<SimRequest, SimAnswer> output) {
            super(max, output, new HashMap<>());
        }

        @Override
        void answered(long id, int member, long epoch, SimAnswer answer, long now) {
            Sending waits = last.getOrDefault(id, new Sending(member, epoch));
            super.answered(id, waits.member(), waits.epoch(), answer, now);
        }
    }

    private static final class MatchesByOrder extends Remembering {
        MatchesByOrder(int max, RequestDesk.Output<SimRequest, SimAnswer> output) {
            super(max, output, new LinkedHashMap<>());
        }

        @Override
        void answered(long id, int member, long epoch, SimAnswer answer, long now) {
            long oldest = last.isEmpty() ? id : last.keySet().iterator().next();
            Sending sent = last.getOrDefault(oldest, new Sending(member, epoch));
            super.answered(oldest, sent.member(), sent.epoch(), answer, now);
        }
    }

    private static final class SendsToTheOld extends DeskPort {
        private int before = -1;

        SendsToTheOld(int max, RequestDesk.Output<SimRequest, SimAnswer> output) {
            super(max, output);
        }

        @Override
        void release(long epoch, int member, long now) {
            super.release(epoch, before < 0 ? member : before, now);
            before = member;
        }
    }

    private static final class IgnoresHold extends DeskPort {
        IgnoresHold(int max, RequestDesk.Output<SimRequest, SimAnswer> output) {
            super(max, output);
        }

        @Override
        void hold(long epoch, long now) {}
    }

    private static final class WaitsPastTheDeadline extends DeskPort {
        WaitsPastTheDeadline(int max, RequestDesk.Output<SimRequest, SimAnswer> output) {
            super(max, output);
        }

        @Override
        void submit(long id, SimRequest request, boolean repeatable, long deadline, long hold, long now) {
            super.submit(id, request, repeatable, deadline + hold, hold, now);
        }
    }

    private static final class HoldsUntilTheDeadline extends DeskPort {
        HoldsUntilTheDeadline(int max, RequestDesk.Output<SimRequest, SimAnswer> output) {
            super(max, output);
        }

        @Override
        void submit(long id, SimRequest request, boolean repeatable, long deadline, long hold, long now) {
            super.submit(id, request, repeatable, deadline, Long.MAX_VALUE / 4, now);
        }
    }

    private static final class WaitsWhileStranded extends DeskPort {
        WaitsWhileStranded(int max, RequestDesk.Output<SimRequest, SimAnswer> output) {
            super(max, output);
        }

        @Override
        void strand(long epoch, long now) {
            super.hold(epoch, now);
        }
    }

    private static final class ForgetsToRelease extends DeskPort {
        private boolean started;

        ForgetsToRelease(int max, RequestDesk.Output<SimRequest, SimAnswer> output) {
            super(max, output);
        }

        @Override
        void release(long epoch, int member, long now) {
            if (!started) {
                super.release(epoch, member, now);
                started = true;
            }
        }
    }
}
