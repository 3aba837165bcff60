/**
 * Tells people elsewhere of records: mail, webhook, syslog. Nothing here is waited for by a pair: records are offered to
 * bounded queues, and threads of this package wait for the peers, each for a bounded time.
 */
@NullMarked
package org.tandemopc.service.notify;

import org.jspecify.annotations.NullMarked;
