package org.tandemopc.core.config;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.MemberConfig.Account;
import org.tandemopc.core.notify.NotificationEvent;
import org.tandemopc.core.record.Printable;

/** Reads whom to notify of the records of one pair, as a part of {@link ConfigReader}. */
final class NotificationReader {
    private static final String ALL = "all";
    private static final String HOST_REMEDY = "Write a name or an address without port, as mail.plant.example.";
    private static final String TO_REMEDY = "Write '- bob@plant.example' for each.";
    private static final String ADDRESS_REMEDY = "Write it as bob@plant.example, and nothing else beside it.";
    private static final String URL_REMEDY =
            "Write http://host/path or https://host/path, without a user; or file:/path or env:NAME.";
    private static final Pattern HOST =
            Pattern.compile("[0-9A-Fa-f]*(?::[0-9A-Fa-f.]*){2,8}|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?");

    /** RFC 5321, 4.1.2, without quoted names: what can hide a second recipient is not needed by anybody. */
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
            + "(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"
            + "(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9A-Fa-f.:IPv]{3,60}])");

    private static final int ADDRESS_MAX = 254;

    private final Problems problems;
    private final SecretSource secrets;
    private final Function<Section, @Nullable Account> accountReader;

    /** @param accountReader takes user and password of a section, and reports what is wrong with them */
    NotificationReader(Problems problems, SecretSource secrets, Function<Section, @Nullable Account> accountReader) {
        this.problems = problems;
        this.secrets = secrets;
        this.accountReader = accountReader;
    }

    /** @param pair its name, for the subject */
    NotificationConfig read(ConfigNode node, String path, String pair) {
        Section s = Section.of(node, path, problems);
        boolean enabled = s.flag("enabled", true);
        Set<NotificationEvent> events = events(s);
        Optional<MailConfig> mail = mail(s, enabled, pair);
        Optional<WebhookConfig> webhook = s.node("webhook").flatMap(n -> webhook(n, s.path("webhook")));
        Optional<SyslogConfig> syslog = s.node("syslog").map(n -> syslog(n, s.path("syslog")));
        boolean hasSome = List.of("smtp", "webhook", "syslog").stream()
                .anyMatch(key -> s.node(key).isPresent());
        s.end();
        if (enabled && !hasSome) {
            problems.error(
                    s.path(),
                    s.line(),
                    "Nothing says how to notify.",
                    "Write smtp, webhook or syslog here, or 'enabled: false'.");
        }
        return new NotificationConfig(enabled, events, mail, webhook, syslog);
    }

    private Set<NotificationEvent> events(Section s) {
        ConfigNode node = s.node("events").orElse(null);
        if (node == null
                || (node instanceof ConfigNode.Scalar scalar && (scalar.text() == null || ALL.equals(scalar.text())))) {
            return EnumSet.allOf(NotificationEvent.class);
        }
        Set<NotificationEvent> events = EnumSet.noneOf(NotificationEvent.class);
        for (ConfigNode item : s.items("events", "Write 'all', or a list of events, or [] for none.")) {
            String name = text(item);
            Optional<NotificationEvent> event = NotificationEvent.named(name);
            event.ifPresent(events::add);
            if (event.isEmpty()) {
                problems.error(
                        s.path("events"),
                        item.line(),
                        "'%s' is no event that can be notified of.".formatted(name),
                        remedy(name));
            }
        }
        return events;
    }

    /** A kind of record that is two events is what people write first. */
    private static String remedy(String name) {
        String near = EnumSet.allOf(NotificationEvent.class).stream()
                .filter(event -> event.kind().name().equalsIgnoreCase(name))
                .map(Enum::name)
                .collect(Collectors.joining(", "));
        return near.isEmpty()
                ? "The events are those of docs/reference/records.md; GET /api/v1/notifications/events lists them."
                : "Write %s.".formatted(near);
    }

    private static String text(ConfigNode node) {
        String text = node instanceof ConfigNode.Scalar scalar ? scalar.text() : null;
        return text == null ? "" : text;
    }

    private Optional<MailConfig> mail(Section s, boolean enabled, String pair) {
        Section smtp = s.node("smtp")
                .map(node -> Section.of(node, s.path("smtp"), problems))
                .orElse(null);
        Optional<SmtpServer> primary = smtp == null ? Optional.empty() : server(smtp, "primary");
        Optional<SmtpServer> secondary = smtp == null ? Optional.empty() : server(smtp, "secondary");
        String from = from(s, enabled && smtp != null);
        List<String> to = recipients(s, enabled && smtp != null);
        String subject = subject(s, "Tandem notification of '%s'".formatted(pair));
        String header = lines(s, "header");
        String footer = lines(s, "footer");
        if (smtp == null) {
            for (String key : List.of("from", "to", "subject", "header", "footer")) {
                withoutServer(s, key);
            }
            return Optional.empty();
        }
        smtp.end();
        if (primary.isEmpty() && smtp.node("primary").isEmpty()) {
            problems.error(
                    smtp.path("primary"),
                    smtp.line(),
                    "The primary SMTP server is missing.",
                    "Write 'primary:' and below it 'host: mail.plant.example'.");
        }
        return from.isEmpty() || to.isEmpty()
                ? Optional.empty()
                : primary.map(one -> new MailConfig(one, secondary, from, to, subject, header, footer));
    }

    private void withoutServer(Section s, String key) {
        if (s.node(key).isPresent()) {
            problems.warning(
                    s.path(key),
                    s.line(key),
                    "This is for mail, and there is no SMTP server.",
                    "Write smtp.primary.host, or remove it.");
        }
    }

    private Optional<SmtpServer> server(Section smtp, String key) {
        ConfigNode node = smtp.node(key).orElse(null);
        if (node == null || (node instanceof ConfigNode.Scalar scalar && scalar.text() == null)) {
            return Optional.empty();
        }
        Section s = Section.of(node, smtp.path(key), problems);
        String host = host(s);
        SmtpSecurity security = s.choice("security", SmtpSecurity.STARTTLS, SmtpSecurity::label);
        int port = s.number("port", security.port(), 1, Address.PORT_MAX);
        Account account = accountReader.apply(s);
        s.end();
        if (account != null && security == SmtpSecurity.NONE) {
            problems.warning(
                    s.path("security"),
                    s.line("security"),
                    "The password goes to the server in clear.",
                    "Write security: starttls or tls.");
        }
        return host.isEmpty() ? Optional.empty() : Optional.of(new SmtpServer(host, port, security, account));
    }

    private String host(Section s) {
        String host = s.required("host", HOST_REMEDY);
        if (!host.isEmpty() && !HOST.matcher(host).matches()) {
            problems.error(
                    s.path("host"),
                    s.line("host"),
                    "'%s' is neither a name nor an address.".formatted(host),
                    HOST_REMEDY);
            return "";
        }
        return host;
    }

    private String from(Section s, boolean isNeeded) {
        String from = isNeeded
                ? s.required("from", "Write the address that mails come from, as tandem@plant.example.")
                : Optional.ofNullable(s.text("from")).orElse("");
        return from.isEmpty() || isAddress(from, s.path("from"), s.line("from")) ? from : "";
    }

    /** A list, or a text with an address on each line (NOT-6). */
    private List<String> recipients(Section s, boolean areNeeded) {
        ConfigNode node = s.node("to").orElse(null);
        List<ConfigNode> items = new ArrayList<>();
        if (node instanceof ConfigNode.Scalar scalar) {
            text(scalar)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> items.add(new ConfigNode.Scalar(scalar.line(), line.strip())));
        } else if (node != null) {
            items.addAll(s.items("to", TO_REMEDY));
        }
        if (items.isEmpty() && areNeeded) {
            problems.error(s.path("to"), s.line("to"), "There is no recipient.", TO_REMEDY);
        }
        if (items.size() > MailConfig.RECIPIENTS_MAX) {
            problems.error(
                    s.path("to"),
                    s.line("to"),
                    "%d recipients are too many.".formatted(items.size()),
                    "Write at most %d; a list of the mail server has room for more."
                            .formatted(MailConfig.RECIPIENTS_MAX));
            return List.of();
        }
        Set<String> to = new LinkedHashSet<>();
        for (ConfigNode item : items) {
            if (isAddress(text(item), s.path("to"), item.line())) {
                to.add(text(item));
            }
        }
        return List.copyOf(to);
    }

    private boolean isAddress(String text, String path, int line) {
        if (text.length() <= ADDRESS_MAX && ADDRESS.matcher(text).matches()) {
            return true;
        }
        problems.error(path, line, "'%s' is not an address for mail.".formatted(text), ADDRESS_REMEDY);
        return false;
    }

    /** A line of the head of a mail: a line feed in it would begin another one. */
    private String subject(Section s, String whenMissing) {
        String subject =
                Optional.ofNullable(s.text("subject")).map(String::strip).orElse(whenMissing);
        if (!Printable.of(subject).equals(subject) || subject.length() > MailConfig.SUBJECT_MAX) {
            problems.error(
                    s.path("subject"),
                    s.line("subject"),
                    "This cannot be a subject.",
                    "Write one line of at most %d printable characters.".formatted(MailConfig.SUBJECT_MAX));
            return whenMissing;
        }
        return subject;
    }

    private String lines(Section s, String key) {
        String text = Optional.ofNullable(s.text(key)).orElse("").replace("\r\n", "\n");
        boolean isPrintable = text.lines()
                .allMatch(line -> Printable.of(line.replace('\t', ' ')).equals(line.replace('\t', ' ')));
        if (!isPrintable || text.length() > MailConfig.TEXT_MAX) {
            problems.error(
                    s.path(key),
                    s.line(key),
                    "This cannot be a part of a mail.",
                    "Write at most %d printable characters; several lines below '%s: |'."
                            .formatted(MailConfig.TEXT_MAX, key));
            return "";
        }
        return text;
    }

    private Optional<WebhookConfig> webhook(ConfigNode node, String path) {
        Section s = Section.of(node, path, problems);
        String written = s.required("url", URL_REMEDY);
        Optional<Secret> url = written.isEmpty() ? Optional.empty() : secret(s, "url", written);
        String secretText = s.text("secret");
        Optional<Secret> secret = secretText == null ? Optional.empty() : secret(s, "secret", secretText);
        s.end();
        if (url.isPresent() && !WebhookConfig.isUrl(url.get().reveal())) {
            problems.error(s.path("url"), s.line("url"), "This is no address to send to.", URL_REMEDY);
            return Optional.empty();
        }
        return url.map(u -> new WebhookConfig(u, secret));
    }

    private Optional<Secret> secret(Section s, String key, String written) {
        if (!written.startsWith("file:") && !written.startsWith("env:")) {
            return Optional.of(new Secret(written));
        }
        try {
            return Optional.of(secrets.find(written));
        } catch (SecretSource.SecretMissing e) {
            problems.error(
                    s.path(key),
                    s.line(key),
                    String.valueOf(e.getMessage()),
                    "Make it readable for the user that runs Tandem.");
            return Optional.empty();
        }
    }

    private SyslogConfig syslog(ConfigNode node, String path) {
        Section s = Section.of(node, path, problems);
        String host = host(s);
        SyslogConfig.Transport protocol =
                s.choice("protocol", SyslogConfig.Transport.UDP, SyslogConfig.Transport::label);
        int port = s.number("port", protocol.port(), 1, Address.PORT_MAX);
        SyslogConfig.Facility facility =
                s.choice("facility", SyslogConfig.Facility.LOCAL0, SyslogConfig.Facility::label);
        s.end();
        return new SyslogConfig(host, port, protocol, facility);
    }
}
