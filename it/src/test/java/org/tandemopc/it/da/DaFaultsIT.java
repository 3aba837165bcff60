package org.tandemopc.it.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.proxy.Direction;
import org.tandemopc.testkit.proxy.Ending;
import org.tandemopc.testkit.proxy.Fault;

/**
 * Everything that a server and the way to it can do to the active member, one after the other, under a client that subscribes, reads and
 * writes without a pause. It is served by the other one each time, is told no error, and each write was done as it was told.
 */
@Timeout(900)
class DaFaultsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** What is done to the active member. */
    private enum Harm {
        KILLED {
            @Override
            void strike(DaPair pair, int member) {
                pair.server(member).vanish();
            }

            @Override
            void heal(DaPair pair, int member) {
                pair.revive(member);
            }
        },
        HUNG {
            @Override
            void strike(DaPair pair, int member) {
                pair.server(member).faults().hang(true);
            }

            @Override
            void heal(DaPair pair, int member) {
                pair.server(member).faults().hang(false);
            }
        },
        SHUT_DOWN {
            @Override
            void strike(DaPair pair, int member) {
                pair.server(member).requestShutdown("maintenance");
            }

            @Override
            void heal(DaPair pair, int member) {
                // it serves on
            }
        },
        FAILED {
            @Override
            void strike(DaPair pair, int member) {
                pair.server(member).faults().state(OpcServerState.FAILED);
            }

            @Override
            void heal(DaPair pair, int member) {
                pair.server(member).faults().state(OpcServerState.RUNNING);
            }
        },
        REFUSED {
            @Override
            void strike(DaPair pair, int member) {
                pair.proxy(member).set(Fault.Door.REFUSE);
                pair.proxy(member).strike(Fault.Strike.RESET);
            }
        },
        RESET {
            @Override
            void strike(DaPair pair, int member) {
                pair.proxy(member).set(Fault.Door.RESET);
                pair.proxy(member).strike(Fault.Strike.RESET);
            }
        },
        CLOSED {
            @Override
            void strike(DaPair pair, int member) {
                pair.proxy(member).set(Fault.Door.REFUSE);
                pair.proxy(member).strike(Fault.Strike.CLOSE);
            }
        },
        HALF_OPEN {
            @Override
            void strike(DaPair pair, int member) {
                pair.proxy(member).set(Fault.Door.SILENCE);
                pair.proxy(member).strike(Fault.Strike.HALF_OPEN);
            }
        },
        SILENT {
            @Override
            void strike(DaPair pair, int member) {
                pair.proxy(member).set(Fault.Door.SILENCE);
                pair.proxy(member).setBoth(new Fault.Hold());
            }
        },
        NO_ANSWERS {
            @Override
            void strike(DaPair pair, int member) {
                pair.proxy(member).set(Direction.ANSWERS, new Fault.Drop());
            }
        },
        NO_REQUESTS {
            @Override
            void strike(DaPair pair, int member) {
                pair.proxy(member).set(Direction.REQUESTS, new Fault.Drop());
            }
        },
        CUT_WITHIN_AN_ANSWER {
            @Override
            void strike(DaPair pair, int member) {
                pair.proxy(member).set(Fault.Door.REFUSE);
                pair.proxy(member).set(Direction.ANSWERS, new Fault.CutAt(777, Ending.RESET_ALL));
            }
        },
        CUT_WITHIN_A_REQUEST {
            @Override
            void strike(DaPair pair, int member) {
                pair.proxy(member).set(Fault.Door.REFUSE);
                pair.proxy(member).set(Direction.REQUESTS, new Fault.CutAt(777, Ending.RESET_ALL));
            }
        };

        abstract void strike(DaPair pair, int member);

        /** Ends it; connections that were left half open stay so. */
        void heal(DaPair pair, int member) {
            pair.proxy(member).heal();
            pair.proxy(member).strike(Fault.Strike.RESET);
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"CON-2", "CON-7", "S1", "S3", "S4", "S7", "S8", "I1", "I2", "I3", "I7", "I11", "GAP-10"},
            protocol = Protocol.DA)
    void whateverHappensToTheActiveTheClientIsServedAndToldTheTruth(Mode mode) throws Exception {
        try (DaPair pair = new DaPair(mode);
                DaWatcher client = new DaWatcher(pair.front(), 1_000)) {
            awaitProgress(client);
            List<String> ledger = new ArrayList<>();
            for (Harm harm : Harm.values()) {
                int active = pair.active();
                harm.strike(pair, active);
                try {
                    pair.awaitServing(1 - active);
                    awaitProgress(client);
                } catch (AssertionError e) {
                    throw new AssertionError(
                            "%s in mode %s: %s%n%s".formatted(harm, mode, e.getMessage(), client.errors()), e);
                }
                if (harm == Harm.KILLED) {
                    ledger.addAll(pair.server(active).ledger().lines());
                }
                harm.heal(pair, active);
                pair.forgetFaults();
                pair.awaitStandbyReady(active);
            }
            client.stop();
            Await.until(
                    "everything ended",
                    PATIENCE,
                    () -> client.ended() == client.writes().size());

            ledger.addAll(pair.server(0).ledger().lines());
            ledger.addAll(pair.server(1).ledger().lines());
            System.out.printf(
                    Locale.ROOT,
                    "DA FAULTS %s: %d faults, %d values, %d reads, %d writes, of unknown outcome %d%n",
                    mode,
                    Harm.values().length,
                    client.values().size(),
                    client.reads(),
                    client.writes().size(),
                    unknown(client));
            assertThat(client.errors()).isEmpty();
            assertThat(DaVerdict.ofValues(mode, client.values())).isEmpty();
            assertThat(DaVerdict.ofWrites(client.writes(), DaVerdict.done(ledger)))
                    .isEmpty();
        }
    }

    private static long unknown(DaWatcher client) {
        return client.writes().stream()
                .filter(one -> one.error().orElse(0) == HResult.CALL_FAILED)
                .count();
    }

    private static void awaitProgress(DaWatcher client) {
        int values = client.values().size();
        int reads = client.reads();
        long writes = client.ended();
        Await.until(
                "the client goes on",
                PATIENCE,
                () -> client.values().size() >= values + 10
                        && client.reads() >= reads + 10
                        && client.ended() >= writes + 50);
    }
}
