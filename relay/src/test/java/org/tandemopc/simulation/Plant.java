package org.tandemopc.simulation;

import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairMachine;
import org.tandemopc.core.pair.PairState;
import org.tandemopc.core.pair.Step;
import org.tandemopc.relay.delivery.DeliveryLimits;
import org.tandemopc.relay.delivery.DeliveryOutput;
import org.tandemopc.relay.delivery.RequestDesk;

/**
 * A bug to plant into a run: the base plants none. One instance serves one run. Product code has no switch for any of
 * this: a plant stands between the model and the product, or changes the model shell, which {@link ShellRules} names.
 */
class Plant {
    Step next(PairState state, PairEvent event) {
        return PairMachine.next(state, event);
    }

    DeliveryPort delivery(DeliveryLimits limits, DeliveryOutput output) {
        return new DeliveryPort(limits, output);
    }

    DeskPort desk(int requestsMax, RequestDesk.Output<SimRequest, SimAnswer> output) {
        return new DeskPort(requestsMax, output);
    }

    ShellRules shell() {
        return new ShellRules();
    }
}
