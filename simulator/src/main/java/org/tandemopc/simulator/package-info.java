/**
 * A simulated OPC UA server whose faults are on command, for the demonstration, tests and drills. Instances started
 * anywhere on one machine show the same values with the same source times, so that a client can count exactly what a
 * switch between two of them cost.
 */
@NullMarked
package org.tandemopc.simulator;

import org.jspecify.annotations.NullMarked;
