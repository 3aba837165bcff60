package org.tandemopc.service.notify;

import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Authenticator;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.MemberConfig.Account;
import org.tandemopc.core.config.SmtpSecurity;
import org.tandemopc.core.config.SmtpServer;

/**
 * Gives one mail to one server, once. Connections are of {@link PeerSocket}, so that the library neither looks up names
 * nor chooses what to trust. Blocks for the time of one attempt at most.
 */
final class SmtpDelivery {
    private static final int ERROR_LEAST = 400;
    private static final int CAUSES_MAX = 50;

    /** Makes the mail, on the session that it will be sent on. */
    interface Writer {
        MimeMessage write(Session session) throws MessagingException;
    }

    private final SmtpServer server;
    private final Peers peers;

    SmtpDelivery(SmtpServer server, Peers peers) {
        this.server = server;
        this.peers = peers;
    }

    /**
     * Gives it to the server for all recipients.
     *
     * @return the recipients that the server refused, where it took the mail for others; empty when all is well
     * @throws DeliveryException it took the mail for nobody
     */
    List<String> send(Writer writer, List<String> to) throws DeliveryException {
        return Attempt.within(peers.attempt(), attempt -> {
            Socket socket = PeerSocket.connect(attempt, server.host(), server.port(), peers);
            if (server.security() == SmtpSecurity.TLS) {
                socket = PeerSocket.secured(socket, server.host(), server.port(), peers);
            }
            return send(writer, to, socket);
        });
    }

    private List<String> send(Writer writer, List<String> to, Socket socket) throws DeliveryException, IOException {
        Session session = session(socket.getLocalAddress());
        SMTPTransport transport =
                new SMTPTransport(session, new URLName("smtp", server.host(), server.port(), null, null, null));
        try (transport) {
            List<Address> recipients = new ArrayList<>();
            for (String address : to) {
                recipients.add(new InternetAddress(address, true));
            }
            transport.connect(socket);
            MimeMessage message = writer.write(session);
            message.saveChanges();
            transport.sendMessage(message, recipients.toArray(new Address[0]));
            return List.of();
        } catch (SendFailedException e) {
            return refused(e, to);
        } catch (MessagingException e) {
            throw new DeliveryException(why(e, transport.getLastReturnCode()));
        }
    }

    private Session session(InetAddress local) throws DeliveryException {
        Properties p = new Properties();
        p.setProperty("mail.smtp.host", server.host());
        p.setProperty("mail.smtp.port", String.valueOf(server.port()));
        p.setProperty("mail.smtp.timeout", String.valueOf(peers.read().toMillis()));
        // A literal: the name of this machine need not be known to anybody, and asking for it may take long.
        String address = local.getHostAddress().replaceAll("%.*", "");
        p.setProperty(
                "mail.smtp.localhost", local instanceof Inet6Address ? "[IPv6:" + address + "]" : "[" + address + "]");
        p.setProperty("mail.smtp.sendpartial", "true");
        // Once the mail is taken nothing that the server does makes it a failure.
        p.setProperty("mail.smtp.quitwait", "false");
        if (server.security() == SmtpSecurity.STARTTLS) {
            p.setProperty("mail.smtp.starttls.enable", "true");
            p.setProperty("mail.smtp.starttls.required", "true");
            p.setProperty("mail.smtp.ssl.checkserveridentity", "true");
            p.setProperty("mail.smtp.ssl.protocols", String.join(" ", PeerTrust.PROTOCOLS));
            p.put("mail.smtp.ssl.socketFactory", peers.trust().context().getSocketFactory());
        }
        Account account = server.account();
        if (account == null) {
            return Session.getInstance(p);
        }
        p.setProperty("mail.smtp.auth", "true");
        p.setProperty("mail.smtp.auth.mechanisms", "PLAIN LOGIN DIGEST-MD5");
        return Session.getInstance(p, new Login(account));
    }

    private static final class Login extends Authenticator {
        private final Account account;

        Login(Account account) {
            this.account = account;
        }

        @Override
        protected PasswordAuthentication getPasswordAuthentication() {
            return new PasswordAuthentication(account.user(), account.password().reveal());
        }
    }

    private static List<String> refused(SendFailedException e, List<String> to) throws DeliveryException {
        Address[] taken = e.getValidSentAddresses();
        if (taken == null || taken.length == 0) {
            throw new DeliveryException(why(e, 0));
        }
        List<String> refused = new ArrayList<>(to);
        for (Address one : taken) {
            refused.remove(one.toString());
        }
        return refused;
    }

    /** Code and command, never the text: a server may write there what it likes. */
    private static String why(MessagingException e, int lastCode) {
        if (e instanceof AuthenticationFailedException) {
            return lastCode >= ERROR_LEAST ? "it refused the login (%d)".formatted(lastCode) : "it refused the login";
        }
        Exception each = e;
        for (int i = 0; each != null && i < CAUSES_MAX; i++) {
            String refusal = refusal(each);
            if (refusal != null) {
                return refusal;
            }
            each = each instanceof MessagingException messaging ? messaging.getNextException() : null;
        }
        if (String.valueOf(e.getMessage()).startsWith("STARTTLS is required")) {
            return "it offers no STARTTLS, and without it nothing is sent";
        }
        return lastCode >= ERROR_LEAST ? "it answered %d".formatted(lastCode) : "the connection ended";
    }

    private static @Nullable String refusal(Exception e) {
        return switch (e) {
            case SMTPAddressFailedException a -> answered(a.getReturnCode(), "RCPT");
            case SMTPSenderFailedException s -> answered(s.getReturnCode(), "MAIL");
            case SMTPSendFailedException s -> answered(s.getReturnCode(), command(s));
            case AuthenticationFailedException _ -> "it refused the login";
            case IOException io -> Failures.why(io);
            default -> null;
        };
    }

    /** Its first word; a dot ends the mail. */
    private static String command(SMTPSendFailedException e) {
        String word = String.valueOf(e.getCommand()).split("[ :]")[0];
        return word.matches("[A-Z]{4}") ? word : "the mail";
    }

    private static @Nullable String answered(int code, String command) {
        return code >= ERROR_LEAST ? "it answered %d to %s".formatted(code, command) : null;
    }
}
