package org.tandemopc.it.console;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.tandemopc.testkit.Await;

/** A mail server of another maker that takes everything; each recipient gets a copy. Thread-safe. */
final class MailServer implements AutoCloseable {
    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    MailServer() {
        mail.start();
    }

    int port() {
        return mail.getSmtp().getPort();
    }

    List<MimeMessage> messages() {
        return Arrays.asList(mail.getReceivedMessages());
    }

    /** Waits for that many in all. */
    List<MimeMessage> await(int count) {
        Await.until(count + " mails", RunningConsole.LONG, () -> messages().size() >= count);
        return messages();
    }

    /** Its text, with lines as they were given, less what is blank at the end. */
    static String body(MimeMessage message) {
        try {
            return message.getContent().toString().replace("\r\n", "\n").stripTrailing();
        } catch (IOException | MessagingException e) {
            throw new AssertionError(GreenMailUtil.getWholeMessage(message), e);
        }
    }

    @Override
    public void close() {
        mail.stop();
    }
}
