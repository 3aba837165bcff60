package org.tandemopc.it.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of modules in docs/ARCHITECTURE.md is what the build does. */
class ModuleTableTest {
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("testkit", Set.of()),
            Map.entry("core", Set.of()),
            Map.entry("dcom", Set.of()),
            Map.entry("opcda", Set.of("dcom")),
            Map.entry("relay", Set.of("core")),
            Map.entry("relay-ua", Set.of("core", "relay")),
            Map.entry("relay-da", Set.of("core", "dcom", "opcda", "relay")),
            Map.entry("service", Set.of("core", "relay")),
            Map.entry("console", Set.of()),
            Map.entry("simulator", Set.of("opcda")),
            Map.entry("app", Set.of("console", "relay-da", "core", "relay", "relay-ua", "service", "simulator")),
            Map.entry("package", Set.of()),
            Map.entry("it", Set.of()),
            Map.entry(
                    "bench",
                    Set.of(
                            "core",
                            "dcom",
                            "opcda",
                            "relay",
                            "relay-ua",
                            "relay-da",
                            "service",
                            "simulator",
                            "app",
                            "testkit")));

    static List<String> modules() {
        return Modules.names();
    }

    @Test
    void everyModuleOfTheBuildIsInTheTable() {
        assertThat(Modules.names()).containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
    }

    @ParameterizedTest
    @MethodSource("modules")
    void moduleDependsOnNothingButWhatTheTableAllows(String module) {
        assertThat(MAY_USE.getOrDefault(module, Set.of())).containsAll(Modules.dependenciesOf(module));
    }

    /** A dependency of a dependency is on the class path too: the packages themselves must keep apart. */
    @Test
    void coreUsesNothingButJava() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("java..", "org.jspecify..", "org.tandemopc.core..")
                .check(Modules.compiled(List.of("core"), "classes"));
    }

    @Test
    void dcomKnowsNothingOfTandem() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(
                        "java..",
                        "javax.crypto..",
                        "jdk.net..",
                        "org.jspecify..",
                        "org.slf4j..",
                        "org.tandemopc.dcom..")
                .check(Modules.compiled(List.of("dcom"), "classes"));
    }

    @Test
    void opcdaUsesNothingButDcom() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("java..", "org.jspecify..", "org.tandemopc.dcom..", "org.tandemopc.opcda..")
                .check(Modules.compiled(List.of("opcda"), "classes"));
    }

    @Test
    void relaySeamUsesNothingButCore() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("java..", "org.jspecify..", "org.tandemopc.core..", "org.tandemopc.relay..")
                .check(Modules.compiled(List.of("relay"), "classes"));
    }

    @Test
    void serviceKnowsNoProtocol() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.eclipse.milo..",
                        "io.netty..",
                        "org.tandemopc.relay.ua..",
                        "org.tandemopc.dcom..",
                        "org.tandemopc.opcda..",
                        "org.tandemopc.relay.da..")
                .check(Modules.compiled(List.of("service"), "classes"));
    }

    @Test
    void protocolKnowsNoService() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.tandemopc.service..", "org.tandemopc.app..", "org.tandemopc.simulator..")
                .check(Modules.compiled(List.of("relay-ua", "relay-da"), "classes"));
    }

    @Test
    void everythingThatIsCheckedHereIsCompiled() {
        List<String> beforeThis =
                Modules.names().stream().filter(m -> !m.equals("bench")).toList();
        assertThat(Modules.notCompiled(beforeThis)).isEmpty();
        for (String module : List.of("core", "dcom", "opcda", "relay", "relay-ua", "relay-da", "service")) {
            assertThat(Modules.compiled(List.of(module), "classes"))
                    .describedAs(module)
                    .isNotEmpty();
        }
    }
}
