package org.tandemopc.it.pair;

import java.time.Duration;
import org.tandemopc.testkit.process.MemberProcess;

/** What happens to the active server, and how it comes back. */
public enum Fault {
    /** kill -9: the connections break when the system has cleaned up. */
    KILL {
        @Override
        public void strike(MemberProcess server, int repetition) {
            server.kill();
        }
    },
    /** Ended by its operator: announced in the server status, and by SIGTERM, in turns. */
    CLEAN_STOP {
        @Override
        public void strike(MemberProcess server, int repetition) {
            if (repetition % 2 == 0) {
                server.announceStop();
            } else {
                server.terminate();
            }
        }
    },
    /** SIGSTOP: the connections stay open and nothing answers; SIGCONT later: the zombie has much to tell. */
    FREEZE {
        @Override
        public void strike(MemberProcess server, int repetition) {
            server.freeze();
        }

        @Override
        public void heal(MemberProcess server) {
            server.thaw();
        }
    };

    private static final Duration END_MAX = Duration.ofSeconds(30);

    public abstract void strike(MemberProcess server, int repetition);

    /** The server serves again when this returns. */
    public void heal(MemberProcess server) {
        server.awaitEnd(END_MAX);
        server.restart();
    }
}
