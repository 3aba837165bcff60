package org.tandemopc.service.notify;

import org.tandemopc.core.notify.Batch;

/** One way to tell people. Used by one thread at a time. */
interface Channel {
    /** As in the configuration of the interface: mail, webhook or syslog. */
    String name();

    /**
     * Tries once, everywhere that the settings name. Blocks for a bounded time; an interrupt ends it.
     *
     * @return through which server: primary or secondary
     * @throws DeliveryException nobody took it, or not for everybody
     */
    String send(Batch batch) throws DeliveryException;

    /** The text of the record that a notification was discarded. */
    String failed();
}
