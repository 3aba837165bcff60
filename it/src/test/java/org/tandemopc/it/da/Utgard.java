package org.tandemopc.it.da;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.tandemopc.simulator.da.DaSimulatorSettings;

/** How programs on Utgard are started: from their source, with its jars. */
final class Utgard {
    private static final List<Path> JARS = List.of(Path.of("target", "utgard"), Path.of("target", "j-interop"));

    private Utgard() {}

    /** @param program in {@code dcom-peers} */
    static List<String> command(String program, InetAddress host) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dfile.encoding=UTF-8",
                "-cp",
                classPath(),
                "dcom-peers/" + program,
                host.getHostAddress(),
                DaPair.USER,
                DaPair.PASSWORD,
                DaSimulatorSettings.CLSID.toString());
    }

    private static String classPath() {
        List<String> classPath = new ArrayList<>();
        for (Path folder : JARS) {
            try (Stream<Path> jars = Files.list(folder)) {
                jars.map(Path::toString).sorted().forEach(classPath::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return String.join(File.pathSeparator, classPath);
    }
}
