package org.tandemopc.bench.load;

import org.eclipse.milo.opcua.stack.core.UaException;

/** Measures one benchmark. Blocks; has processes of its own, which end with it. */
interface Scenario {
    void run(LoadRun.Plan plan, Reporter reporter) throws UaException;
}
