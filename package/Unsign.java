import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Takes the signatures out of the jars of a folder, those of Bouncy Castle: the JVM keeps no class of a signed jar in its cache, and
 * checks each one anew at every start. Maven has compared the jars with their checksums; OpenJDK asks no provider of
 * cryptography for a signature.
 */
final class Unsign {
    private Unsign() {}

    public static void main(String[] folder) throws IOException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(folder[0]), "*.jar")) {
            for (Path jar : jars) {
                boolean isSigned;
                try (ZipFile zip = new ZipFile(jar.toFile())) {
                    isSigned = zip.stream().anyMatch(entry -> isOfSignature(entry.getName()));
                }
                if (isSigned) {
                    Path plain = Files.createTempFile(jar.getParent(), "unsigned", ".tmp");
                    copy(jar, plain);
                    Files.move(plain, jar, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static boolean isOfSignature(String name) {
        return name.toUpperCase(Locale.ROOT).matches("META-INF/[^/]+\\.(SF|DSA|RSA|EC)");
    }

    private static void copy(Path jar, Path plain) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile());
                OutputStream file = Files.newOutputStream(plain);
                ZipOutputStream out = new ZipOutputStream(file)) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (isOfSignature(entry.getName())) {
                    continue;
                }
                ZipEntry kept = new ZipEntry(entry.getName());
                kept.setTimeLocal(entry.getTimeLocal());
                out.putNextEntry(kept);
                try (InputStream in = zip.getInputStream(entry)) {
                    if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        Manifest manifest = new Manifest(in);
                        // The digests of each class.
                        manifest.getEntries().clear();
                        manifest.write(out);
                    } else {
                        in.transferTo(out);
                    }
                }
                out.closeEntry();
            }
        }
    }
}
