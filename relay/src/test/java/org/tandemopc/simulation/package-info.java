/**
 * The simulation of decisions and delivery together: the machine and the delivery engine run in virtual time between
 * model servers, a model network and model clients, and a checker outside that owns its truth. One seed makes one run.
 *
 * <p>A run has two phases. <i>Safety</i>: anything may fail, nothing bad may happen. <i>Liveness</i>: everything is
 * healed, and within a bound all clients must get Good values from the best member. {@code Simulation} is the place to
 * start reading; {@code ModelSession} is the reference of how a relay must use the engine.
 * {@code PlantedBugs} are the proof that the checker sees.
 */
@NullMarked
package org.tandemopc.simulation;

import org.jspecify.annotations.NullMarked;
