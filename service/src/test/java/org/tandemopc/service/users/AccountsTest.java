package org.tandemopc.service.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AccountsTest {
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    private static final String PASSWORD = "four words in a row";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** By the processor's time of this thread, which others on the machine do not lengthen. */
    @Test
    void unknownNameCostsAsMuchWorkAsAWrongPassword() throws Exception {
        AtomicLong now = new AtomicLong();
        try (Accounts accounts = Accounts.open(folder, 40_000, now::get, Clock.systemUTC())) {
            accounts.add("anna", Role.ENGINEER, PASSWORD);
            List<Long> known = new ArrayList<>();
            List<Long> unknown = new ArrayList<>();
            for (int i = 0; i < 11; i++) {
                now.addAndGet(LoginThrottle.FORGOTTEN_AFTER.toNanos());
                known.add(work(() -> accounts.login("anna", "not her password", HERE)));
                unknown.add(work(() -> accounts.login("nobody", "not her password", HERE)));
            }

            double ratio = (double) median(unknown) / median(known);
            assertThat(ratio).isBetween(0.6, 1.6);
            long nothing = work(() -> accounts.users().find("nobody"));
            assertThat(nothing).as("control: a comparison is work").isLessThan(median(unknown) / 4);
        }
    }

    /** It began with the old password, which was right then; the change ends all logins, this one too. */
    @Test
    void loginThatIsUnderWayWhenThePasswordChangesIsNone() throws Exception {
        AtomicReference<Accounts> opened = new AtomicReference<>();
        AtomicBoolean changes = new AtomicBoolean();
        Clock clock = new Clock() {
            @Override
            public java.time.ZoneId getZone() {
                return java.time.ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            /** Asked after the password was compared, and before the session begins. */
            @Override
            public Instant instant() {
                if (changes.compareAndSet(true, false)) {
                    change(opened.get());
                }
                return Instant.EPOCH;
            }

            private void change(Accounts accounts) {
                try {
                    accounts.change("anna", null, "another row of four words");
                } catch (UserRefused | IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        try (Accounts accounts = Accounts.open(folder, 100, System::nanoTime, clock)) {
            opened.set(accounts);
            accounts.add("anna", Role.ENGINEER, PASSWORD);
            changes.set(true);

            Accounts.Login login = accounts.login("anna", PASSWORD, HERE);

            assertThat(login).isInstanceOf(Accounts.Login.Busy.class);
            assertThat(accounts.login("anna", PASSWORD, HERE)).isInstanceOf(Accounts.Login.Wrong.class);
            assertThat(accounts.login("anna", "another row of four words", HERE))
                    .as("control")
                    .isInstanceOf(Accounts.Login.In.class);
        }
    }

    private static long work(Callable<?> what) throws Exception {
        var threads = ManagementFactory.getThreadMXBean();
        long begin = threads.getCurrentThreadCpuTime();
        Object unused = what.call();
        return threads.getCurrentThreadCpuTime() - begin;
    }

    private static long median(List<Long> all) {
        Collections.sort(all);
        return all.get(all.size() / 2);
    }

    @Test
    void ofManyWhoSetUpAtOnceOneMakesTheFirstUser() throws Exception {
        try (Accounts accounts = Accounts.open(folder, 100, System::nanoTime, Clock.systemUTC());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String token = Files.readString(folder.resolve(SetupToken.FILE)).strip();
            List<Future<Accounts.Login>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String name = "user" + i;
                InetAddress from = InetAddress.ofLiteral("10.0.0." + i);
                all.add(threads.submit(() -> accounts.setUp(token, name, PASSWORD, from)));
            }
            int made = 0;
            for (Future<Accounts.Login> each : all) {
                try {
                    made += each.get() instanceof Accounts.Login.In ? 1 : 0;
                } catch (java.util.concurrent.ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(UserRefused.class);
                }
            }

            assertThat(made).isEqualTo(1);
            assertThat(accounts.users().users()).hasSize(1);
        }
    }

    @Test
    void longPasswordOfAStrangerIsNoMoreWork() throws Exception {
        try (Accounts accounts = Accounts.open(folder, 100, System::nanoTime, Clock.systemUTC())) {
            accounts.add("anna", Role.ENGINEER, PASSWORD);

            assertThat(accounts.login("anna", PASSWORD + "x".repeat(1_000_000), HERE))
                    .isInstanceOf(Accounts.Login.Wrong.class);
            assertThat(accounts.login("n".repeat(1_000_000), PASSWORD, HERE)).isInstanceOf(Accounts.Login.Wrong.class);
            assertThat(accounts.audit().page(1, Long.MAX_VALUE).getFirst().user())
                    .hasSize(64);
        }
    }

    @Test
    void newTokenForTheFirstUserIsMadeAtEachStartWithoutUsers() throws Exception {
        Accounts.open(folder, 100, System::nanoTime, Clock.systemUTC()).close();
        String before = Files.readString(folder.resolve(SetupToken.FILE)).strip();
        try (Accounts accounts = Accounts.open(folder, 100, System::nanoTime, Clock.systemUTC())) {
            assertThat(accounts.setUp(before, "mallory", PASSWORD, HERE)).isInstanceOf(Accounts.Login.Wrong.class);
            accounts.add("anna", Role.ENGINEER, PASSWORD);
        }
        Files.writeString(folder.resolve(SetupToken.FILE), before);
        try (Accounts accounts = Accounts.open(folder, 100, System::nanoTime, Clock.systemUTC())) {
            assertThat(folder.resolve(SetupToken.FILE)).doesNotExist();
            assertThatThrownBy(() -> accounts.setUp(before, "mallory", PASSWORD, HERE))
                    .isInstanceOf(UserRefused.class);
        }
    }
}
