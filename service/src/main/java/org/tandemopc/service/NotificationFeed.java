package org.tandemopc.service;

import org.tandemopc.core.notify.Notice;
import org.tandemopc.service.notify.Notifications;

/** Offers each record to the notifications of its pair. Runs on threads of the logs, and waits for nobody. */
final class NotificationFeed implements RecordListener {
    private final Notifications notifications;

    NotificationFeed(Notifications notifications) {
        this.notifications = notifications;
    }

    @Override
    public void recorded(LoggedRecord record) {
        notifications.offer(new Notice(record.number(), record.at(), record.pair(), record.record()));
    }

    /** The runtime knows better when: a pair may come back under the name. */
    @Override
    public void removed(String pair) {}
}
