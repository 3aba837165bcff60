package org.tandemopc.it.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Decisions and delivery are pure: time, chance and threads come in from outside, so that a simulation can run them and
 * an incident can be replayed. And nobody waits for time to pass: use Await.
 */
class PurityTest {
    private static final DescribedPredicate<JavaClass> OUTER_WORLD = JavaClass.Predicates.resideInAnyPackage(
                    "java.net..", "java.nio.file..", "java.nio.channels..", "java.sql..", "javax..")
            .or(JavaClass.Predicates.belongToAnyOf(
                    java.io.File.class,
                    java.io.FileInputStream.class,
                    java.io.FileOutputStream.class,
                    java.io.RandomAccessFile.class,
                    java.time.Clock.class,
                    java.time.InstantSource.class,
                    java.util.Random.class,
                    java.util.Timer.class,
                    java.lang.Thread.class,
                    java.lang.ThreadLocal.class,
                    java.lang.Process.class,
                    java.lang.ProcessBuilder.class))
            .or(JavaClass.Predicates.assignableTo(java.util.concurrent.Executor.class))
            .or(JavaClass.Predicates.resideInAnyPackage("java.util.concurrent.locks.."))
            .as("threads, clocks, chance, sockets or files");

    private static final DescribedPredicate<JavaAccess<?>> OWN_CLOCK = access(
            "java\\.lang\\.System\\.(nanoTime|currentTimeMillis|getenv|getProperty)"
                    + "|java\\.time\\..*\\.now|java\\.lang\\.Math\\.random|java\\.util\\.UUID\\.randomUUID",
            "a clock, chance or the environment");

    private static final DescribedPredicate<JavaAccess<?>> SLEEP =
            access("java\\.lang\\.Thread\\.sleep|java\\.util\\.concurrent\\.TimeUnit\\.sleep", "a sleep");

    private static final ArchRule TOUCHES_NOTHING = noClasses()
            .should()
            .dependOnClassesThat(OUTER_WORLD)
            .because("time, threads and data come in from outside");
    private static final ArchRule READS_NO_CLOCK =
            noClasses().should().accessTargetWhere(OWN_CLOCK).because("the owner hands the time in");
    private static final ArchRule NEVER_SLEEPS =
            noClasses().should().accessTargetWhere(SLEEP).because("testkit.Await waits for conditions");

    private static final ArchRule NO_SDK = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.eclipse.milo.opcua.sdk..")
            .orShould()
            .dependOnClassesThat()
            .haveSimpleName("DataTypeTree")
            .because("it must not read type trees, nor reconnect by itself");

    @Test
    void decisionsTouchNoClockThreadSocketOrFile() {
        JavaClasses core = Modules.compiled(List.of("core"), "classes");

        TOUCHES_NOTHING.check(core);
        READS_NO_CLOCK.check(core);
    }

    @Test
    void deliveryEngineTouchesNoClockThreadSocketOrFile() {
        JavaClasses relay = Modules.compiled(List.of("relay"), "classes");
        JavaClasses delivery = relay.that(JavaClass.Predicates.resideInAPackage("org.tandemopc.relay.delivery.."));

        assertThat(delivery).isNotEmpty();
        TOUCHES_NOTHING.check(delivery);
        READS_NO_CLOCK.check(delivery);
    }

    /**
     * Milo's client reads a server's type tree by itself, in the middle of a reconnect, and has hung there (milo #1813); its
     * sessions come back by a state machine of their own. Links are made of Milo's transport alone.
     */
    @Test
    void relayUsesMilosTransportAndNeitherItsClientNorItsServer() {
        JavaClasses relay = Modules.compiled(List.of("relay-ua"), "classes");

        assertThat(relay).hasSizeGreaterThan(100);
        NO_SDK.check(relay);
        assertThatThrownBy(() -> NO_SDK.check(Modules.compiled(List.of("app"), "classes")))
                .as("control: the demo's client is one")
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void nobodySleepsInTestsNeither() {
        NEVER_SLEEPS.check(Modules.compiled(Modules.names(), "classes"));
        NEVER_SLEEPS.check(Modules.compiled(Modules.names(), "test-classes")
                .that(DescribedPredicate.not(JavaClass.Predicates.equivalentTo(Planted.class))));
    }

    /** Control: each rule finds what it forbids. */
    @Test
    void rulesFindWhatTheyForbid() {
        JavaClasses planted = new ClassFileImporter().importClasses(Planted.class);

        assertThatThrownBy(() -> TOUCHES_NOTHING.check(planted)).hasMessageContaining("Thread");
        assertThatThrownBy(() -> READS_NO_CLOCK.check(planted)).hasMessageContaining("nanoTime");
        assertThatThrownBy(() -> READS_NO_CLOCK.check(planted)).hasMessageContaining("Instant.now");
        assertThatThrownBy(() -> NEVER_SLEEPS.check(planted)).hasMessageContaining("Thread.sleep");
        assertThatThrownBy(() -> NEVER_SLEEPS.check(planted)).hasMessageContaining("TimeUnit.sleep");
    }

    /** Everything that is forbidden; never run. */
    static final class Planted {
        static long run() throws InterruptedException {
            Thread.sleep(1);
            TimeUnit.SECONDS.sleep(1);
            return System.nanoTime() + java.time.Instant.now().getNano();
        }
    }

    /** @param names of methods with their classes, as a pattern */
    private static DescribedPredicate<JavaAccess<?>> access(String names, String description) {
        return DescribedPredicate.describe(description, each -> {
            String target =
                    each.getTargetOwner().getName() + "." + each.getTarget().getName();
            return target.matches(names);
        });
    }
}
