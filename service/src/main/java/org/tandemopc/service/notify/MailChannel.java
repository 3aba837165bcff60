package org.tandemopc.service.notify;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.tandemopc.core.config.MailConfig;
import org.tandemopc.core.config.SmtpServer;
import org.tandemopc.core.notify.Batch;
import org.tandemopc.core.notify.NoticeText;
import org.tandemopc.core.record.RecordTexts;

/** By mail: at the primary server, then, for whom that one did not take it, at the secondary one (NOT-2, NOT-3). */
final class MailChannel implements Channel {
    static final String NAME = "mail";

    private final MailConfig config;
    private final Peers peers;

    MailChannel(MailConfig config, Peers peers) {
        this.config = config;
        this.peers = peers;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String send(Batch batch) throws DeliveryException {
        // One mail, wherever it is given: who gets it twice can tell.
        String id = "<%s@%s>".formatted(UUID.randomUUID(), domain(config.from()));
        SmtpDelivery.Writer writer = session -> mail(session, id, batch);
        List<String> why = new ArrayList<>();
        List<String> left = give("primary", config.primary(), writer, config.to(), why);
        if (left.isEmpty()) {
            return "primary";
        }
        Optional<SmtpServer> secondary = config.secondary();
        if (secondary.isPresent() && !Thread.currentThread().isInterrupted()) {
            left = give("secondary", secondary.get(), writer, left, why);
        }
        if (!left.isEmpty()) {
            throw new DeliveryException(String.join("; ", why));
        }
        return "secondary";
    }

    /** @return those for whom it was not taken */
    private List<String> give(
            String which, SmtpServer server, SmtpDelivery.Writer writer, List<String> to, List<String> why) {
        try {
            List<String> refused = new SmtpDelivery(server, peers).send(writer, to);
            if (!refused.isEmpty()) {
                why.add("%s '%s': it refused %d of %d recipients"
                        .formatted(which, server.place(), refused.size(), to.size()));
            }
            return refused;
        } catch (DeliveryException e) {
            why.add("%s '%s': %s".formatted(which, server.place(), e.why()));
            return to;
        }
    }

    private MimeMessage mail(Session session, String id, Batch batch) throws MessagingException {
        MimeMessage mail = new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", id);
            }
        };
        mail.setFrom(new InternetAddress(config.from(), true));
        for (String address : config.to()) {
            mail.addRecipient(Message.RecipientType.TO, new InternetAddress(address, true));
        }
        mail.setSubject(config.subject(), StandardCharsets.UTF_8.name());
        mail.setSentDate(new Date());
        // RFC 3834: no robot answers it.
        mail.setHeader("Auto-Submitted", "auto-generated");
        mail.setText(NoticeText.body(config.header(), batch, config.footer()), StandardCharsets.UTF_8.name());
        return mail;
    }

    private static String domain(String address) {
        return address.substring(address.lastIndexOf('@') + 1);
    }

    @Override
    public String failed() {
        return RecordTexts.mailFailed(
                config.primary().place(),
                config.secondary().map(SmtpServer::place).orElse(""));
    }
}
