package org.tandemopc.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.config.ConfigNode.Entry;
import org.tandemopc.core.config.ConfigNode.Mapping;
import org.tandemopc.core.config.ConfigNode.Scalar;
import org.tandemopc.core.config.ConfigNode.Sequence;
import org.tandemopc.core.notify.NotificationEvent;
import org.tandemopc.testkit.Requirement;

class NotificationReaderTest {
    private static final SecretSource SECRETS = reference -> {
        if (reference.equals("env:MAIL")) {
            return new Secret("hidden-thing");
        }
        throw new SecretSource.SecretMissing("There is no " + reference + ".");
    };

    private static final Entry SMTP = entry("smtp", map(entry("primary", map(entry("host", text("mail.plant"))))));
    private static final Entry FROM = entry("from", text("tandem@plant.example"));
    private static final Entry TO = entry("to", list("bob@plant.example"));

    @Test
    @Requirement({"NOT-2", "NOT-7", "LIM-11"})
    void whatIsNotSaidIsSecureAndTellsOfEverything() {
        NotificationConfig config = good(SMTP, FROM, TO);
        MailConfig mail = config.mail().orElseThrow();

        assertThat(config.enabled()).isTrue();
        assertThat(config.events()).containsExactlyInAnyOrder(NotificationEvent.values());
        assertThat(mail.primary()).isEqualTo(new SmtpServer("mail.plant", 587, SmtpSecurity.STARTTLS, null));
        assertThat(mail.secondary()).isEmpty();
        assertThat(mail.subject()).isEqualTo("Tandem notification of 'plant1'");
        assertThat(mail.header()).isEmpty();
        assertThat(mail.footer()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"none, 25", "starttls, 587", "tls, 465"})
    @Requirement("LIM-11")
    void portFollowsTheSecurity(String security, int port) {
        Entry smtp = entry(
                "smtp", map(entry("primary", map(entry("host", text("::1")), entry("security", text(security))))));

        assertThat(good(smtp, FROM, TO).mail().orElseThrow().primary().port()).isEqualTo(port);
    }

    @Test
    @Requirement({"NOT-3", "LIM-11"})
    void secondaryServerMayHaveAnAccountFromElsewhere() {
        Entry smtp = entry(
                "smtp",
                map(
                        entry("primary", map(entry("host", text("a")))),
                        entry(
                                "secondary",
                                map(
                                        entry("host", text("b")),
                                        entry("port", text("2525")),
                                        entry("security", text("tls")),
                                        entry("user", text("tandem")),
                                        entry("password", text("env:MAIL"))))));

        assertThat(good(smtp, FROM, TO).mail().orElseThrow().secondary())
                .contains(new SmtpServer(
                        "b", 2525, SmtpSecurity.TLS, new MemberConfig.Account("tandem", new Secret("hidden-thing"))));
    }

    @Test
    @Requirement("NOT-6")
    void recipientsAreAListOrLinesOfAText() {
        Entry lines = entry("to", text("bob@home.net\n\n  john@xyz.com \nmary@xyz.com\nbob@home.net\n"));

        assertThat(good(SMTP, FROM, lines).mail().orElseThrow().to())
                .containsExactly("bob@home.net", "john@xyz.com", "mary@xyz.com");
        assertThat(good(SMTP, FROM, entry("to", list("a@b.c", "d@e.f")))
                        .mail()
                        .orElseThrow()
                        .to())
                .containsExactly("a@b.c", "d@e.f");
    }

    /** A line feed, a comma or a second angle would be a recipient or a command that nobody wrote. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "bob",
                "bob@",
                "@home.net",
                "bob@home.net, eve@evil.example",
                "bob@home.net\r\nBcc: eve@evil.example",
                "<bob@home.net>",
                "Bob <bob@home.net>",
                "bob@home.net> NOTIFY=NEVER",
                "\"a\nb\"@home.net",
                "bob@home.net\u0000",
                "bob@h\u00f6me.net",
                "a b@home.net"
            })
    @Requirement("NOT-6")
    void whatIsNoAddressIsRefused(String address) {
        assertThat(errors(SMTP, FROM, entry("to", list(address))))
                .anyMatch(p -> p.path().equals("notifications.to"));
        assertThat(errors(SMTP, entry("from", text(address)), TO))
                .anyMatch(p -> p.path().equals("notifications.from"));
    }

    @Test
    void recipientsHaveABound() {
        String[] many = IntStream.rangeClosed(0, MailConfig.RECIPIENTS_MAX)
                .mapToObj(i -> "a" + i + "@b.c")
                .toArray(String[]::new);

        assertThat(errors(SMTP, FROM, entry("to", list(many)))).hasSize(1);
    }

    @Test
    @Requirement({"NOT-5", "NOT-6", "NOT-2"})
    void enabledMailNeedsServerSenderAndRecipient() {
        assertThat(errors(SMTP))
                .extracting(ConfigProblem::path)
                .containsExactly("notifications.from", "notifications.to");
        assertThat(errors(entry("smtp", map()), FROM, TO))
                .extracting(ConfigProblem::path)
                .containsExactly("notifications.smtp.primary");
        assertThat(errors()).extracting(ConfigProblem::path).containsExactly("notifications");
    }

    @Test
    @Requirement("NOT-1")
    void whatIsNotEnabledMayBeHalfWritten() {
        NotificationConfig config = good(entry("enabled", text("false")), SMTP);

        assertThat(config.enabled()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Alarm\r\nBcc: eve@evil.example", "Alarm\nX", "Alarm\u2028X", "Alarm\u202eX"})
    @Requirement("NOT-7")
    void subjectIsOneLine(String subject) {
        assertThat(errors(SMTP, FROM, TO, entry("subject", text(subject))))
                .extracting(ConfigProblem::path)
                .containsExactly("notifications.subject");
    }

    @Test
    @Requirement({"NOT-8", "NOT-9"})
    void headerAndFooterMayHaveSeveralLines() {
        MailConfig mail = good(
                        SMTP, FROM, TO, entry("header", text("Halle 3\r\nübrig")), entry("footer", text("a\n\tb\n")))
                .mail()
                .orElseThrow();

        assertThat(mail.header()).isEqualTo("Halle 3\nübrig");
        assertThat(mail.footer()).isEqualTo("a\n\tb\n");
        assertThat(errors(SMTP, FROM, TO, entry("header", text("a\u001b[2J")))).hasSize(1);
        assertThat(errors(SMTP, FROM, TO, entry("footer", text("x".repeat(MailConfig.TEXT_MAX + 1)))))
                .hasSize(1);
    }

    @Test
    @Requirement({"NOT-11", "NOT-12"})
    void eventsAreAllOrSomeOrNone() {
        assertThat(good(SMTP, FROM, TO, entry("events", text("all"))).events())
                .containsExactlyInAnyOrder(NotificationEvent.values());
        assertThat(good(SMTP, FROM, TO, entry("events", list())).events()).isEmpty();
        assertThat(good(SMTP, FROM, TO, entry("events", list("PROMOTED_SECONDARY", "GAP")))
                        .events())
                .containsExactlyInAnyOrder(NotificationEvent.PROMOTED_SECONDARY, NotificationEvent.GAP);
    }

    @Test
    void eventThatIsTwoIsExplained() {
        assertThat(errors(SMTP, FROM, TO, entry("events", list("PROMOTED")))
                        .getFirst()
                        .remedy())
                .isEqualTo("Write PROMOTED_PRIMARY, PROMOTED_SECONDARY.");
        assertThat(errors(SMTP, FROM, TO, entry("events", list("NOTIFICATION_FAILED"))))
                .hasSize(1);
        assertThat(errors(SMTP, FROM, TO, entry("events", text("some")))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "starttls"})
    void passwordInClearIsAWarning(String security) {
        Entry smtp = entry(
                "smtp",
                map(entry(
                        "primary",
                        map(
                                entry("host", text("a")),
                                entry("security", text(security)),
                                entry("user", text("u")),
                                entry("password", text("p"))))));

        List<ConfigProblem> problems = read(smtp, FROM, TO).problems();

        assertThat(problems).noneMatch(ConfigProblem::isError);
        assertThat(problems).hasSize(security.equals("none") ? 1 : 0);
    }

    @Test
    void webhookHasAUrlAndPerhapsASecret() {
        WebhookConfig webhook = good(entry(
                        "webhook",
                        map(entry("url", text("https://hooks.example:8443/a?b=c")), entry("secret", text("env:MAIL")))))
                .webhook()
                .orElseThrow();

        assertThat(webhook.secret()).contains(new Secret("hidden-thing"));
        assertThat(webhook.host()).isEqualTo("hooks.example");
        assertThat(webhook.toString()).doesNotContain("hidden-thing", "8443/a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://a/b",
                "http:///b",
                "http://user:word@a/b",
                "http://a/b#c",
                "http://a:70000/",
                "http://a/b c",
                "http://a/\r\nHost: b",
                "file:/nowhere",
                "a/b"
            })
    void whatIsNoUrlIsRefusedAndNotRepeated(String url) {
        List<ConfigProblem> errors = errors(entry("webhook", map(entry("url", text(url)))));

        assertThat(errors).extracting(ConfigProblem::path).containsExactly("notifications.webhook.url");
        assertThat(errors.getFirst().message()).doesNotContain("word");
    }

    @ParameterizedTest
    @CsvSource({"udp, 514", "tcp, 601", "tls, 6514"})
    void syslogHasTheUsualPorts(String protocol, int port) {
        SyslogConfig syslog = good(entry(
                        "syslog", map(entry("host", text("10.0.0.9")), entry("protocol", text(protocol)))))
                .syslog()
                .orElseThrow();

        assertThat(syslog.port()).isEqualTo(port);
        assertThat(syslog.facility()).isEqualTo(SyslogConfig.Facility.LOCAL0);
    }

    @Test
    void mailSettingsWithoutAServerAreAWarning() {
        NotificationReading reading = read(entry("syslog", map(entry("host", text("a")))), FROM, TO);

        assertThat(reading.hasErrors()).isFalse();
        assertThat(reading.problems()).hasSize(2);
        assertThat(reading.config().mail()).isEqualTo(Optional.empty());
    }

    private static NotificationConfig good(Entry... entries) {
        NotificationReading reading = read(entries);
        assertThat(reading.problems()).isEmpty();
        return reading.config();
    }

    private static List<ConfigProblem> errors(Entry... entries) {
        return read(entries).problems().stream().filter(ConfigProblem::isError).toList();
    }

    private static NotificationReading read(Entry... entries) {
        return ConfigReader.readNotifications(map(entries), "plant1", SECRETS);
    }

    private static Entry entry(String key, ConfigNode value) {
        return new Entry(key, 1, value);
    }

    private static Mapping map(Entry... entries) {
        return new Mapping(1, List.of(entries));
    }

    private static Scalar text(String text) {
        return new Scalar(1, Objects.requireNonNull(text));
    }

    private static Sequence list(String... texts) {
        return new Sequence(
                1,
                new ArrayList<>(
                        Arrays.stream(texts).map(NotificationReaderTest::text).toList()));
    }
}
