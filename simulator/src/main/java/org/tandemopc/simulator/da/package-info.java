/**
 * A simulated OPC DA server over DCOM, of DA 1.0, 2.05a, 3.0 or all of them, whose faults are on command. {@code DaPlant} has the
 * values, {@code DaGroupModel} decides what a group's clients hear and when, both without threads and clocks; {@code DaClockwork}
 * tells the groups the time, and the objects around ({@code ServerObject}, {@code GroupObject}) are what clients call. Instances
 * anywhere on one machine show the same counters with the same source times.
 */
@NullMarked
package org.tandemopc.simulator.da;

import org.jspecify.annotations.NullMarked;
