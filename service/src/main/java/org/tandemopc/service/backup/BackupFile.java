package org.tandemopc.service.backup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.OwnerOnly;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A backup as a ZIP file: {@code manifest.json} first, which names every other entry with its length and its SHA-256, then
 * {@code tandem.yaml}, then the files of the data folder below {@code data/}. For its owner only: keys and passwords are in it.
 * What is read is bounded as it is read, whatever its entries say of themselves. Blocks; any thread.
 */
public final class BackupFile {
    private static final int FORMAT = 1;
    private static final String MANIFEST = "manifest.json";
    private static final String CONFIG = "tandem.yaml";
    private static final String DATA = "data/";
    private static final int MANIFEST_BYTES_MAX = 4 << 20;
    private static final JsonMapper JSON = JsonMapper.shared();

    private BackupFile() {}

    /**
     * Writes a new file, whole or not at all.
     *
     * @throws IOException with a sentence for people: it is there already, or cannot be written
     */
    public static void write(Path file, Backup backup) throws IOException {
        if (Files.exists(file)) {
            throw new IOException(file + " is there already. Choose another name.");
        }
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        OwnerOnly.create(unfinished);
        try {
            try (OutputStream out = Files.newOutputStream(unfinished);
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                Map<String, byte[]> entries = new LinkedHashMap<>();
                entries.put(CONFIG, backup.configBytes());
                backup.sorted().forEach((name, bytes) -> entries.put(DATA + name, bytes));
                put(zip, MANIFEST, JSON.writeValueAsBytes(manifest(backup, entries)));
                for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                    put(zip, entry.getKey(), entry.getValue());
                }
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }

    private static ObjectNode manifest(Backup backup, Map<String, byte[]> entries) {
        ObjectNode manifest = JSON.createObjectNode();
        manifest.put("format", FORMAT)
                .put("version", backup.version())
                .put("host", backup.host())
                .put("at", backup.at());
        ObjectNode files = manifest.putObject("files");
        entries.forEach((name, bytes) ->
                files.putObject(name).put("bytes", bytes.length).put("sha256", sha256(bytes)));
        return manifest;
    }

    /**
     * Reads a file whole and checks every byte of it.
     *
     * @throws IOException with a sentence for people: it is no backup, damaged, or too large
     */
    public static Backup read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                ZipInputStream zip = new ZipInputStream(in)) {
            JsonNode manifest = manifest(zip);
            Map<String, byte[]> entries = entries(zip, manifest.path("files"));
            byte[] config = entries.remove(CONFIG);
            if (config == null) {
                throw new Damaged("it has no " + CONFIG);
            }
            Map<String, byte[]> data = new HashMap<>();
            entries.forEach((name, bytes) -> data.put(name.substring(DATA.length()), bytes));
            return new Backup(
                    manifest.path("host").asString(""),
                    manifest.path("at").asString(""),
                    manifest.path("version").asString(""),
                    text(config),
                    data);
        } catch (Damaged e) {
            throw new IOException("%s cannot be used: %s.".formatted(file, e.getMessage()), e);
        } catch (java.util.zip.ZipException | IllegalArgumentException | java.io.EOFException e) {
            throw new IOException("%s is no backup of Tandem, or is damaged (%s).".formatted(file, e.getMessage()), e);
        }
    }

    /** Half a sentence. */
    private static final class Damaged extends IOException {
        private static final long serialVersionUID = 1L;

        Damaged(String message) {
            super(message);
        }
    }

    private static JsonNode manifest(ZipInputStream zip) throws IOException {
        ZipEntry first = zip.getNextEntry();
        if (first == null || !first.getName().equals(MANIFEST)) {
            throw new Damaged("it is no backup of Tandem");
        }
        JsonNode manifest;
        try {
            manifest = JSON.readTree(bytes(zip, MANIFEST_BYTES_MAX));
        } catch (JacksonException e) {
            throw new Damaged("its " + MANIFEST + " is damaged");
        }
        if (manifest.path("format").asInt(0) != FORMAT) {
            throw new Damaged("its format is not known to this Tandem; it was made by version "
                    + manifest.path("version").asString("?"));
        }
        if (manifest.path("files").size() > Backup.FILES_MAX) {
            throw new Damaged("it has more than %d files".formatted(Backup.FILES_MAX));
        }
        return manifest;
    }

    private static Map<String, byte[]> entries(ZipInputStream zip, JsonNode files) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        long all = 0;
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            String name = entry.getName();
            refuseName(name);
            JsonNode said = files.get(name);
            if (said == null || entries.containsKey(name)) {
                throw new Damaged("'%s' in it is not in its list".formatted(shown(name)));
            }
            byte[] bytes = bytes(zip, Math.min(Backup.FILE_BYTES_MAX, Backup.BYTES_MAX - all));
            all += bytes.length;
            if (said.path("bytes").asLong(-1) != bytes.length
                    || !said.path("sha256").asString("").equals(sha256(bytes))) {
                throw new Damaged("'%s' in it is damaged".formatted(shown(name)));
            }
            entries.put(name, bytes);
        }
        if (entries.size() != files.size()) {
            throw new Damaged("a file of its list is missing");
        }
        return entries;
    }

    private static void refuseName(String name) throws IOException {
        if (name.equals(CONFIG)) {
            return;
        }
        boolean isUnfit = !name.startsWith(DATA)
                || Backup.unfit(name.substring(DATA.length())).isPresent();
        if (isUnfit) {
            throw new Damaged("'%s' in it is no name of a file of a backup".formatted(shown(name)));
        }
    }

    private static String shown(String name) {
        return org.tandemopc.core.record.Printable.of(name.length() > 100 ? name.substring(0, 100) : name);
    }

    /** What an entry really holds, which is not what it says of itself. */
    private static byte[] bytes(InputStream in, long most) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] some = new byte[8192];
        for (int count = in.read(some); count >= 0; count = in.read(some)) {
            if (all.size() + (long) count > most) {
                throw new Damaged("it holds more than %d MB".formatted(Backup.BYTES_MAX >> 20));
            }
            all.write(some, 0, count);
        }
        return all.toByteArray();
    }

    private static String text(byte[] bytes) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Damaged("its configuration is not text in UTF-8");
        }
    }

    private static String sha256(byte @Nullable [] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
