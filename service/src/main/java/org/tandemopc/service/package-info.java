/**
 * The running service: one actor per pair around the pure machine of {@code core}, and the shells that carry out its
 * orders on the seams of {@code relay}. Start reading at {@link org.tandemopc.service.TandemRuntime}, then
 * {@link org.tandemopc.service.PairHandle}.
 *
 * <pre>
 *   control links, relay, timers, people ──facts, orders──► Mailbox ──► PairActor ──► EffectPerformer ──► links, relay,
 *                                                                        │            timers
 *                                                                        ├─► PairJournal  (what was decided, and why)
 *                                                                        └─► EventLog     (records for people)
 * </pre>
 */
@NullMarked
package org.tandemopc.service;

import org.jspecify.annotations.NullMarked;
