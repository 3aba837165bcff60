package org.tandemopc.it.history;

/**
 * What the configuration of a pair promises, in ms, on a machine as loaded as this one.
 *
 * @param holdMs how long a request waits for a switch at most
 * @param movedMs from when a fault is noticed until requests flow at the other member
 * @param servedMs from when the last fault is healed until each kind of request is answered with Good, and each item shows
 *     a Good value
 * @param ageMs how old a Good value is at most when the client gets it (I5)
 * @param outages how often clients are told that nobody serves; -1: as often as it happens
 * @param gapless a member was there all the time that was well and ready to be moved to, so no value may be lost or said
 *     to be
 */
public record Promises(long holdMs, long movedMs, long servedMs, long ageMs, int outages, boolean gapless) {}
