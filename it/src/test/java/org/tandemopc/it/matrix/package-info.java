/**
 * Every fault crossed with every mode, target and load, each run judged from all sides.
 *
 * <p>Where each kind of fault is made; names in capitals are those of {@code CellFault}:
 *
 * <pre>
 *   refused                         REFUSED
 *   accepted, then silence          SILENT
 *   reset at connect                RESET_AT_CONNECT
 *   reset inside a message          CUT_INSIDE_REQUEST, CUT_INSIDE_ANSWER
 *   reset between doing and answer  CUT_BEFORE_ANSWER; WritesIT, 10,000 writes and 1,000 calls
 *   half open                       HALF_OPEN
 *   one way lost                    REQUESTS_LOST, ANSWERS_LOST
 *   delay and jitter                DELAYED, LATE
 *   trickle, bandwidth              TRICKLE, NARROW
 *   slow close                      SLOWLY_CLOSED
 *   corrupt byte                    CORRUPT
 *   message twice                   DOUBLED
 *   cut at a byte                   CUT_AT_A_BYTE; one connection of several: ONE_LINK_CUT
 *   process killed, frozen          KILLED, FROZEN
 *   shutdown, state, ServiceLevel   SHUT_DOWN, FAILED, LEVEL_ZERO, LEVEL_WORSE
 *   stale but alive, devices gone   STALE, DEVICE_GONE
 *   clock skew                      SKEWED, SKEWED_BACK
 *   another server at the address   WRONG_SERVER
 *   credentials withdrawn           CredentialsIT
 * </pre>
 *
 * <p>The second of two faults is to fall into the switch that the first one causes, so the second member answers late
 * until then. In warm and cold mode the switch lasts by that. In hot mode nothing is asked of the second member, and a
 * switch lasts a few milliseconds: there the second fault may come right after it. Each run says how many fell into it.
 */
@NullMarked
package org.tandemopc.it.matrix;

import org.jspecify.annotations.NullMarked;
