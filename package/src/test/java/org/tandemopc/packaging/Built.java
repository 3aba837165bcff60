package org.tandemopc.packaging;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code package/build} made. */
final class Built {
    private static final Path TARGET =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("target");

    private Built() {}

    /** The Debian package. */
    static Path deb() throws IOException {
        return only(file -> file.getFileName().toString().matches("tandem_.*\\.deb"));
    }

    /** The folder of the image. */
    static Path image() throws IOException {
        return only(file -> Files.isExecutable(file.resolve("bin").resolve("tandem")));
    }

    private static Path only(DirectoryStream.Filter<Path> filter) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(TARGET)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(TARGET, filter)) {
                files.forEach(found::add);
            }
        }
        if (found.size() != 1) {
            throw new AssertionError("There has to be one package and one image in " + TARGET + ", not " + found
                    + ": package/build makes them.");
        }
        return found.getFirst();
    }
}
