package org.tandemopc.service.notify;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.core.config.MailConfig;
import org.tandemopc.core.config.MemberConfig.Account;
import org.tandemopc.core.config.Secret;
import org.tandemopc.core.config.SmtpSecurity;
import org.tandemopc.core.config.SmtpServer;
import org.tandemopc.core.notify.Batch;
import org.tandemopc.core.notify.Notice;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;

/** Settings and records that several tests start from. */
final class Mails {
    static final Instant AT = Instant.parse("2026-12-01T00:00:05Z");
    static final List<String> TO = List.of("bob@home.net", "john@xyz.com", "mary@xyz.com");

    private Mails() {}

    static SmtpServer plain(int port) {
        return new SmtpServer("127.0.0.1", port, SmtpSecurity.NONE, null);
    }

    static SmtpServer secured(int port, SmtpSecurity security) {
        return new SmtpServer("127.0.0.1", port, security, new Account("tandem", new Secret("pass-word")));
    }

    static MailConfig config(SmtpServer primary, SmtpServer... secondary) {
        return new MailConfig(
                primary,
                secondary.length == 0 ? Optional.empty() : Optional.of(secondary[0]),
                "tandem@plant.example",
                TO,
                "Störung in Halle 3",
                "Kopf",
                "Fuß");
    }

    static Notice notice(long number, RecordKind kind, String text) {
        return new Notice(number, AT, "plant1", new PairRecord(kind, text, Map.of("member", 0)));
    }

    static Batch batch(String text) {
        return new Batch(List.of(notice(1, RecordKind.STRANDED, text)), 0, List.of());
    }
}
