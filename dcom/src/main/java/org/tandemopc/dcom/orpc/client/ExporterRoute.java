package org.tandemopc.dcom.orpc.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.Reach;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.rpc.BindRefusedException;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.dcom.rpc.SyntaxId;

/**
 * The way to an exporter: where it listens is asked of its host's resolver when it is first needed, and again when nobody answers
 * there any more. Then either the process is gone for good, or only the way to it. Thread-safe.
 */
final class ExporterRoute {
    private static final Logger LOG = LoggerFactory.getLogger(ExporterRoute.class);
    private static final int RESOLVERS_MAX = 4;

    private final RemoteExporter.Key key;
    private final Dials dials;
    private final List<RemoteHost> hosts;
    private final Runnable onGone;
    private final List<Resolver> resolvers = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable String> gone = new AtomicReference<>();
    private volatile @Nullable ExporterInfo info;

    /**
     * @param hosts that may be connected to
     * @param onGone called once, when it is known that the process has ended
     */
    ExporterRoute(RemoteExporter.Key key, Dials dials, List<RemoteHost> hosts, Runnable onGone) {
        this.key = key;
        this.dials = dials;
        this.hosts = List.copyOf(hosts);
        this.onGone = onGone;
    }

    /** @param where told by activation; what is known already stays */
    void isKnown(ExporterInfo where) {
        if (info == null) {
            info = where;
        }
    }

    void isResolvedBy(List<Resolver> those) {
        for (Resolver resolver : those) {
            if (resolvers.size() < RESOLVERS_MAX && !resolvers.contains(resolver)) {
                resolvers.add(resolver);
            }
        }
    }

    List<Resolver> resolvers() {
        return List.copyOf(resolvers);
    }

    /** Why the process is known to have ended; empty: it is not. */
    Optional<String> gone() {
        return Optional.ofNullable(gone.get());
    }

    /** Where it is, as far as is known; asked if nothing is. */
    ExporterInfo info(Deadline deadline) throws LinkException, RpcFaultException {
        requireNotGone();
        ExporterInfo known = info;
        if (known == null) {
            known = resolved(deadline);
            info = known;
        }
        return known;
    }

    private void requireNotGone() throws DisconnectedException {
        String why = gone.get();
        if (why != null) {
            throw new DisconnectedException(why, true);
        }
    }

    /**
     * Asks the resolvers one after the other.
     *
     * @throws DisconnectedException the first of them, by which it became known, says that the process is gone
     */
    private ExporterInfo resolved(Deadline deadline) throws LinkException, RpcFaultException {
        LinkException failed = new LinkException(
                "%s cannot be resolved: no object reference told a resolver on a configured host".formatted(this),
                true);
        for (int i = 0; i < resolvers.size(); i++) {
            Resolver resolver = resolvers.get(i);
            try {
                Optional<ExporterInfo> found = resolver.resolve(key.oxid(), share(deadline, resolvers.size() - i));
                if (found.isPresent()) {
                    return found.get();
                }
                if (i == 0) {
                    isGone("%s is gone: its %s knows it no more".formatted(this, resolver));
                    requireNotGone();
                }
                failed = new LinkException("%s is not known to %s".formatted(this, resolver), true);
            } catch (DisconnectedException e) {
                throw e;
            } catch (LinkException e) {
                failed = e;
            }
        }
        throw failed instanceof DeadlineException || failed.isNotSent() ? failed : failed.again(true);
    }

    private static Deadline share(Deadline deadline, int candidates) {
        return Deadline.after(Duration.ofNanos(deadline.remainingNanos() / Math.max(1, candidates)));
    }

    private void isGone(String why) {
        if (gone.compareAndSet(null, why)) {
            LOG.info("{}", why);
            onGone.run();
        }
    }

    /** Connects to it, be it where it was or where it is now. */
    Dials.Dialed dial(SyntaxId first, Deadline deadline) throws LinkException, RpcFaultException {
        ExporterInfo known = info(deadline);
        try {
            return dial(known, first, deadline);
        } catch (BindRefusedException e) {
            throw e;
        } catch (RpcFaultException e) {
            if (e.status() == RpcStatus.UNKNOWN_INTERFACE) {
                // whoever listens there has none such: perhaps he is another one than was told
                checkThatItLives(e, deadline);
            }
            throw e;
        } catch (LinkException e) {
            if (deadline.isOver() || resolvers.isEmpty()) {
                throw e;
            }
            // nobody is there: perhaps the process has gone, perhaps it listens elsewhere now
            ExporterInfo now = resolvedAfter(e, deadline);
            if (now.bindings().equals(known.bindings())) {
                throw e;
            }
            info = now;
            return dial(now, first, deadline);
        }
    }

    /** @param before tells more than a resolver that does not answer either */
    private ExporterInfo resolvedAfter(LinkException before, Deadline deadline) throws LinkException {
        try {
            return resolved(deadline);
        } catch (DisconnectedException e) {
            throw e;
        } catch (LinkException | RpcFaultException e) {
            before.addSuppressed(e);
            throw before;
        }
    }

    private Dials.Dialed dial(ExporterInfo where, SyntaxId first, Deadline deadline)
            throws LinkException, RpcFaultException {
        Reach reach = Reach.ofExporter(where.bindings(), hosts);
        LinkException failed = new LinkException("%s cannot be reached: %s".formatted(this, reach.why(hosts)), true);
        List<Reach.Target> targets = reach.targets();
        for (int i = 0; i < targets.size(); i++) {
            try {
                return dials.dial(
                        targets.get(i),
                        first,
                        dials.security().forCalls(where.authnHint()),
                        share(deadline, targets.size() - i));
            } catch (BindRefusedException e) {
                throw e;
            } catch (LinkException e) {
                failed = e;
            }
        }
        throw failed;
    }

    /**
     * Asks the resolver whether the process is still there, after an answer as of another one.
     *
     * @throws DisconnectedException it is not
     */
    void checkThatItLives(RpcFaultException fault, Deadline deadline) throws DisconnectedException {
        try {
            var unused = resolved(deadline);
        } catch (DisconnectedException e) {
            e.addSuppressed(fault);
            throw e;
        } catch (LinkException | RpcFaultException e) {
            LOG.debug("Whether {} lives is not known: {}", this, e.getMessage());
        }
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
