package org.tandemopc.it.da;

import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.testkit.proxy.Direction;
import org.tandemopc.testkit.proxy.Ending;
import org.tandemopc.testkit.proxy.Fault;

/** What can be done to a member of a pair, and to the way to it. */
enum DaHarm {
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
