package org.tandemopc.simulation;

import static org.tandemopc.simulation.VirtualTime.SECOND;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.relay.ControlLink;

/** A control link over the model network. */
final class ModelControl implements ControlLink {
    static final long CONNECT_TIMEOUT = 2 * SECOND;

    private static final long REFUSED = 0x80AC0000L;
    private static final long TIMED_OUT = 0x800A0000L;
    private static final long CLOSED = 0x80AE0000L;
    private static final long WRONG = 0x80130000L;

    private final World world;
    private final ModelServer server;
    private final ControlLink.Listener listener;
    private @Nullable Connection connection;
    private boolean opening;
    private long probeRound;
    private boolean probing;

    ModelControl(World world, int member, ControlLink.Listener listener) {
        this.world = world;
        this.server = world.server(member);
        this.listener = listener;
    }

    private String name() {
        return "control" + server.member;
    }

    /** The simulation says itself how the tests end: it is about what the pair makes of that. */
    @Override
    public void monitor(long revision, List<MonitorItem> items) {
        throw new IllegalStateException("nobody monitors here");
    }

    @Override
    public void open() {
        if (connection != null) {
            throw new IllegalStateException("control link " + server.member + " is open or opening already");
        }
        long start = world.time.now();
        Connection c = new Connection(world, server, name(), this::lost);
        connection = c;
        opening = true;
        world.checker.decisions.connecting(server.member, name());
        c.connect(
                () -> {
                    ServerCondition condition = server.condition(world.time.now() - start);
                    boolean wrong = server.wrongIdentity;
                    c.toRelay(() -> {
                        if (connection != c) {
                            return;
                        }
                        opening = false;
                        if (wrong) {
                            drop();
                            listener.failed(LossCause.WRONG_SERVER, WRONG, "unexpected ApplicationUri");
                        } else {
                            listener.opened(condition);
                        }
                    });
                },
                () -> failed(c, REFUSED, "connection refused"));
        world.host.after(CONNECT_TIMEOUT, () -> failed(c, TIMED_OUT, "no answer"));
    }

    private void failed(Connection c, long code, String detail) {
        if (connection == c && opening) {
            drop();
            listener.failed(LossCause.CONNECT_FAILED, code, detail);
        }
    }

    @Override
    public void close() {
        drop();
    }

    private void drop() {
        Connection c = connection;
        connection = null;
        opening = false;
        probing = false;
        probeRound++;
        if (c != null) {
            c.closeAtRelay();
            world.checker.decisions.closed(server.member, name());
        }
    }

    private void lost() {
        boolean was = opening;
        drop();
        if (was) {
            listener.failed(LossCause.CONNECT_FAILED, CLOSED, "closed while opening");
        } else {
            listener.lost(LossCause.CONNECTION_CLOSED, CLOSED, "connection reset");
        }
    }

    @Override
    public void probe(long timeoutMs) {
        Connection c = connection;
        if (c == null || opening || probing) {
            return;
        }
        probing = true;
        long round = ++probeRound;
        long start = world.time.now();
        c.toServer(() -> {
            ServerCondition condition = server.condition(0);
            c.toRelay(() -> {
                if (connection == c && probing && round == probeRound) {
                    probing = false;
                    listener.condition(new ServerCondition(
                            condition.state(),
                            condition.serviceLevel(),
                            condition.clockSkewNanos(),
                            world.time.now() - start));
                }
            });
        });
        world.host.after(timeoutMs * VirtualTime.MS, () -> {
            if (connection == c && probing && round == probeRound) {
                probing = false;
                listener.timedOut(world.time.now() - server.lastHeard);
            }
        });
    }

    /** The server reports its new state by itself. */
    void push() {
        push(() -> listener.condition(server.condition(0)));
    }

    void pushShutdown() {
        push(() -> listener.shutdownAnnounced("announced shutdown"));
    }

    /** A monitor item of this member passes or fails its test from now on. */
    void push(Runnable report) {
        Connection c = connection;
        // A process that is stopped tells it when it goes on.
        server.receive(() -> {
            if (c != null && c.serverOpen) {
                c.toRelay(() -> {
                    if (Objects.equals(connection, c) && !opening) {
                        report.run();
                    }
                });
            }
        });
    }
}
