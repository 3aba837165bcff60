package org.tandemopc.relay.da.back;

import java.time.Duration;

/**
 * How long the watch over monitor items waits.
 *
 * @param afterLoss before groups that were lost, or not made for want of an answer, are made again
 * @param afterRefusal before what the member refuses is asked for again
 * @param look between two looks whether a group is still there, as no callback tells that it has gone
 */
record MonitorPauses(Duration afterLoss, Duration afterRefusal, Duration look) {
    static final MonitorPauses USUAL =
            new MonitorPauses(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(10));
}
