package org.tandemopc.core.config;

import java.util.Optional;
import java.util.Set;
import org.tandemopc.core.notify.NotificationEvent;

/**
 * Who is told of a pair's records, and of which ones.
 *
 * @param enabled false: nobody is told, whatever else is here (NOT-1)
 * @param events those that are told of (NOT-11)
 */
public record NotificationConfig(
        boolean enabled,
        Set<NotificationEvent> events,
        Optional<MailConfig> mail,
        Optional<WebhookConfig> webhook,
        Optional<SyslogConfig> syslog) {
    /** Nobody is told. */
    public static final NotificationConfig NONE =
            new NotificationConfig(false, Set.of(), Optional.empty(), Optional.empty(), Optional.empty());

    public NotificationConfig {
        events = Set.copyOf(events);
    }
}
