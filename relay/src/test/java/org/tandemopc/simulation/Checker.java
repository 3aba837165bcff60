package org.tandemopc.simulation;

/**
 * Watches from outside and owns its truth: what members really did, what really travelled, what clients really got. It
 * never asks the system whether it is right.
 */
final class Checker {
    final DecisionChecker decisions;
    final RequestChecker requests;
    final DeliveryChecker delivery;

    Checker(World world) {
        decisions = new DecisionChecker(world);
        requests = new RequestChecker(world, decisions);
        delivery = new DeliveryChecker(world);
    }
}
