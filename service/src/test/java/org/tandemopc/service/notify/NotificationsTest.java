package org.tandemopc.service.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.config.MailConfig;
import org.tandemopc.core.config.NotificationConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.SyslogConfig;
import org.tandemopc.core.notify.NotificationEvent;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.service.Fixtures;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Requirement;

@Timeout(120)
class NotificationsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Set<NotificationEvent> ALL = EnumSet.allOf(NotificationEvent.class);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final List<PairRecord> records = new CopyOnWriteArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private Notifications notifications;

    @SuppressWarnings("NullAway.Init")
    private ScriptedSmtpServer server;

    @BeforeEach
    void open() throws IOException {
        server = new ScriptedSmtpServer();
        Peers patient =
                new Peers(new PeerTrust(folder), Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60));
        notifications = new Notifications(patient, InstantSource.system(), (_, record) -> records.add(record));
    }

    @AfterEach
    void close() throws IOException {
        notifications.close();
        server.close();
    }

    private static PairConfig pair(NotificationConfig config) {
        return Fixtures.config().pairs().getFirst().withNotifications(config);
    }

    private static NotificationConfig by(MailConfig mail, boolean enabled, Set<NotificationEvent> events) {
        return new NotificationConfig(enabled, events, Optional.of(mail), Optional.empty(), Optional.empty());
    }

    private void offer(long number, RecordKind kind, String text) {
        notifications.offer(Mails.notice(number, kind, text));
    }

    private void awaitTaken(int count) {
        Await.until("mails are taken: " + count, SOON, () -> server.taken.size() >= count);
    }

    @Test
    @Requirement({"NOT-11", "NOT-14", "CON-10"})
    void onlyEventsThatAreChosenAreMailed() {
        Set<NotificationEvent> one = EnumSet.of(NotificationEvent.CONNECTED_PRIMARY);
        notifications.configure(pair(by(Mails.config(Mails.plain(server.port())), true, one)));

        offer(1, RecordKind.STRANDED, "not this");
        offer(2, RecordKind.CONNECTED, "this");
        awaitTaken(1);
        offer(3, RecordKind.DISCONNECTED, "nor this");
        offer(4, RecordKind.CONNECTED, "and this");
        awaitTaken(2);

        assertThat(String.join("", server.taken)).contains("this", "and this").doesNotContain("not this", "nor this");
        assertThat(notifications.status("plant1").state()).isEqualTo(NotificationStatus.State.OK);
    }

    @Test
    @Requirement("NOT-1")
    void nobodyIsToldWhileItIsOff() {
        MailConfig mail = Mails.config(Mails.plain(server.port()));
        notifications.configure(pair(by(mail, false, ALL)));
        offer(1, RecordKind.STRANDED, "while off");
        assertThat(notifications.status("plant1")).isEqualTo(NotificationStatus.OFF);

        notifications.configure(pair(by(mail, true, ALL)));
        offer(2, RecordKind.STRANDED, "while on");
        awaitTaken(1);

        assertThat(server.taken).hasSize(1);
        assertThat(server.taken.getFirst()).contains("while on").doesNotContain("while off");
    }

    @Test
    @Requirement({"NOT-4", "EVT-MAIL", "S24"})
    void mailThatNobodyTakesIsOneRecordAndIsNotTriedAgain() throws Exception {
        int nobody;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            nobody = gone.getLocalPort();
        }
        server.at("DATA", "451 4.7.1 greylisted, says this server");
        MailConfig mail = Mails.config(Mails.plain(nobody), Mails.plain(server.port()));
        notifications.configure(pair(by(mail, true, ALL)));

        offer(1, RecordKind.STRANDED, "lost");
        Await.until("it is recorded", SOON, () -> !records.isEmpty());

        PairRecord record = records.getFirst();
        assertThat(record.kind()).isEqualTo(RecordKind.NOTIFICATION_FAILED);
        assertThat(record.text())
                .isEqualTo(
                        "E-mail notification could not be sent through '127.0.0.1:%d' or '127.0.0.1:%d' and was discarded."
                                .formatted(nobody, server.port()));
        assertThat(record.fields()).containsEntry("channel", "mail").containsEntry("discarded", 1L);
        assertThat(String.valueOf(record.fields().get("why")))
                .contains("it refused the connection", "it answered 451")
                .doesNotContain("greylisted");
        NotificationStatus status = notifications.status("plant1");
        assertThat(status.state()).isEqualTo(NotificationStatus.State.FAILING);
        assertThat(status.lastFailure()).contains("mail", "it answered 451");
        assertThat(status.discarded()).isEqualTo(1);

        notifications.offer(new org.tandemopc.core.notify.Notice(2, Mails.AT, "plant1", record));
        offer(3, RecordKind.STRANDED, "next");
        Await.until("the next one is recorded", SOON, () -> records.size() == 2);
        assertThat(server.connections)
                .as("one for each mail, none for the record")
                .hasValue(2);
    }

    @Test
    @Requirement({"NOT-4", "EVT-MAIL", "I9"})
    void recordsOfFailuresHaveABound() {
        server.at("MAIL", "550 no");
        Set<NotificationEvent> all = ALL;
        notifications.configure(pair(by(Mails.config(Mails.plain(server.port())), true, all)));

        for (int i = 1; i <= 10; i++) {
            int number = i;
            offer(number, RecordKind.STRANDED, "e" + number);
            Await.until(
                    "it is discarded",
                    SOON,
                    () -> notifications.status("plant1").discarded() == number);
        }

        assertThat(records).hasSize(Pace.OF_FAILURES.burst());
    }

    /** S24: it accepts and says nothing. Whoever offers is not kept, and everything that waits is bounded. */
    @Test
    @Requirement({"S24", "NOT-14", "I9"})
    void serverThatHangsKeepsNobodyAndTheStormIsToldAsOne() throws Exception {
        MailConfig hanging = Mails.config(Mails.plain(server.port()));
        server.at(ScriptedSmtpServer.GREETING, ScriptedSmtpServer.HANG);
        notifications.configure(pair(by(hanging, true, ALL)));
        offer(1, RecordKind.STRANDED, "first");
        Await.until("the server hangs", SOON, () -> server.hanging.get() == 1);

        int many = NoticeQueue.MAX + 500;
        for (int i = 2; i <= many; i++) {
            offer(i, RecordKind.STRANDED, "event " + i);
        }

        assertThat(server.taken).as("it still hangs").isEmpty();
        assertThat(notifications.status("plant1").queued()).isEqualTo(NoticeQueue.MAX);
        assertThat(notifications.status("plant1").suppressed()).isEqualTo(many - 1 - NoticeQueue.MAX);

        // Other settings: what waits goes by them.
        try (ScriptedSmtpServer good = new ScriptedSmtpServer()) {
            notifications.configure(pair(by(Mails.config(Mails.plain(good.port())), true, ALL)));
            Await.until("the rest is told", SOON, () -> !good.taken.isEmpty());

            String mail = good.taken.getFirst();
            assertThat(mail.lines().filter(line -> line.contains("  event "))).hasSize(Pace.OF_PEOPLE.most());
            assertThat(mail)
                    .contains("  event %d\n".formatted(many - NoticeQueue.MAX + 1), "  event %d\n".formatted(many))
                    .contains("%d more events were suppressed".formatted(NoticeQueue.MAX - Pace.OF_PEOPLE.most()));
        }
    }

    /** It takes the connection and nothing more, not even the begin of TLS. */
    @Test
    @Requirement({"S24", "LIM-11", "I9"})
    void syslogServerThatStallsKeepsNeitherWhoOffersNorTheEnd() throws Exception {
        try (StalledServer stalled = new StalledServer()) {
            SyslogConfig syslog = new SyslogConfig(
                    "127.0.0.1", stalled.port(), SyslogConfig.Transport.TLS, SyslogConfig.Facility.LOCAL0);
            notifications.configure(
                    pair(new NotificationConfig(true, ALL, Optional.empty(), Optional.empty(), Optional.of(syslog))));
            offer(1, RecordKind.STRANDED, "first");
            Await.until("the server stalls", SOON, () -> stalled.count() == 1);

            int many = NoticeQueue.MAX + 500;
            long start = System.nanoTime();
            for (int i = 2; i <= many; i++) {
                offer(i, RecordKind.STRANDED, "event " + i);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(notifications.status("plant1").queued()).isEqualTo(NoticeQueue.MAX);

            start = System.nanoTime();
            notifications.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(stalled.isLeft()).as("its connections are closed").isTrue();
        }
    }

    @Test
    @Requirement({"NOT-14", "I9"})
    void afterTheBurstMailsWaitTheirTurn() {
        notifications.configure(pair(by(Mails.config(Mails.plain(server.port())), true, ALL)));
        for (int i = 1; i <= Pace.OF_PEOPLE.burst(); i++) {
            offer(i, RecordKind.STRANDED, "e" + i);
            awaitTaken(i);
        }

        offer(100, RecordKind.STRANDED, "too soon");
        offer(101, RecordKind.STRANDED, "too soon, too");

        assertThat(notifications.status("plant1").queued()).isEqualTo(2);
        assertThat(server.taken).hasSize(Pace.OF_PEOPLE.burst());

        // The end of the pair waits for no turn.
        notifications.remove("plant1");
        awaitTaken(Pace.OF_PEOPLE.burst() + 1);
        assertThat(server.taken.getLast()).contains("too soon", "too soon, too");
    }

    @Test
    @Requirement({"NOT-15", "CV-1"})
    void otherSettingsCountAtOnceAndForOnePairAlone() throws Exception {
        notifications.configure(pair(by(Mails.config(Mails.plain(server.port())), true, ALL)));
        offer(1, RecordKind.STRANDED, "old way");
        awaitTaken(1);

        try (ScriptedSmtpServer other = new ScriptedSmtpServer()) {
            notifications.configure(pair(by(Mails.config(Mails.plain(other.port())), true, ALL)));
            offer(2, RecordKind.STRANDED, "new way");
            Await.until("it goes the new way", SOON, () -> other.taken.size() == 1);
            notifications.offer(
                    new org.tandemopc.core.notify.Notice(3, Mails.AT, "plant2", Fixtures.note("of nobody")));
            assertThat(notifications.status("plant2")).isEqualTo(NotificationStatus.OFF);
        }
        assertThat(server.taken).hasSize(1);
    }

    @Test
    @Requirement("NOT-13")
    void testMessageGoesToAllRecipientsAlsoWhileItIsOff() throws Exception {
        NotificationConfig off = by(Mails.config(Mails.plain(server.port())), false, Set.of());

        assertThat(notifications.test("plant1", off, Notifications.Way.MAIL)).isEqualTo("primary");
        assertThat(server.taken.getFirst())
                .startsWith("<bob@home.net> <john@xyz.com> <mary@xyz.com>\n")
                .contains("This is a test message of Tandem");
        assertThat(records).isEmpty();
    }
}
