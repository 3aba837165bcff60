package org.tandemopc.core.config;

import java.util.List;
import java.util.Optional;

/**
 * Notifications by mail.
 *
 * @param primary tried first (NOT-2)
 * @param secondary tried where the primary failed (NOT-3)
 * @param from an address, as {@code tandem@plant.example}
 * @param to addresses, at least one, each once (NOT-6)
 * @param subject one line of printable characters
 * @param header lines before the event; may be empty
 * @param footer lines after it; may be empty
 */
public record MailConfig(
        SmtpServer primary,
        Optional<SmtpServer> secondary,
        String from,
        List<String> to,
        String subject,
        String header,
        String footer) {
    public static final int RECIPIENTS_MAX = 100;
    public static final int SUBJECT_MAX = 200;
    public static final int TEXT_MAX = 4_000;

    public MailConfig {
        to = List.copyOf(to);
    }
}
