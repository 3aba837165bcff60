package org.tandemopc.dcom.ntlm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accounts in a file, for a server without domain controller: names in plain, NT hashes sealed with a key in a file of its own
 * beside it, both for their owner alone. Whoever has the one without the other has no hashes.
 *
 * <p>An account is a user of any domain ("opc") or of one ("PLANT\opc", which goes first). Changes by any process count from the
 * next login on; a file that has become unreadable is reported and the accounts stay as they were. Damaged entries cost their
 * own account and are reported with place and remedy. Thread-safe; blocks.
 */
public final class AccountStore implements Accounts {
    private static final Logger LOG = LoggerFactory.getLogger(AccountStore.class);
    private static final int KEY_FILE_BYTES_MAX = 1024;
    private static final int PROBLEMS_LOGGED_MAX = 10;

    private final Path file;
    private final Path keyFile;
    private final Path lockFile;

    /** Replaced whole. */
    private volatile Snapshot snapshot;

    /** What is wrong with an entry: where, what, and what a person can do. */
    public record Problem(String place, String what, String remedy) {
        @Override
        public String toString() {
            return "%s: %s. %s.".formatted(place, what, remedy);
        }
    }

    private record Snapshot(Stamp stamp, Map<String, NtHash> hashes, List<String> names, List<Problem> problems) {}

    /** Whether the files are still the same: replacing one changes this. */
    private record Stamp(String ofFile, String ofKey) {}

    private AccountStore(Path file, Path keyFile) throws IOException {
        this.file = file;
        this.keyFile = keyFile;
        this.lockFile = beside(file, ".lock");
        this.snapshot = load();
    }

    /**
     * With the key beside the file, under its name and ".key". No file is made before the first account.
     *
     * @throws AccountsException nothing of it can be read; says why, and what to do
     */
    public static AccountStore open(Path file) throws IOException {
        return open(file, beside(file, ".key"));
    }

    /**
     * With the key in another place.
     *
     * @throws AccountsException nothing of it can be read; says why, and what to do
     */
    public static AccountStore open(Path file, Path keyFile) throws IOException {
        return new AccountStore(file, keyFile);
    }

    /**
     * Adds an account, or gives it another password.
     *
     * @param name user, or DOMAIN\\user; in any case, which is kept
     * @param password not kept; the caller may wipe it afterwards
     * @throws IllegalArgumentException the name cannot be one, or the password is empty
     * @throws IOException nothing has changed
     */
    public void add(String name, char[] password) throws IOException {
        AccountFile.nameProblem(name).ifPresent(problem -> {
            throw new IllegalArgumentException("the name " + problem);
        });
        if (password.length == 0) {
            throw new IllegalArgumentException("the password is empty");
        }
        NtHash hash = NtHash.of(password);
        change(present -> {
            if (!isAmong(present.names(), name) && present.names().size() >= AccountFile.ACCOUNTS_MAX) {
                throw new AccountsException(
                        file.toString(), "there are " + AccountFile.ACCOUNTS_MAX + " accounts", "Remove some");
            }
            return present.with(name, hash, key());
        });
    }

    /**
     * @return false: there was no such account
     * @throws IOException nothing has changed
     */
    public boolean remove(String name) throws IOException {
        if (!isAmong(names(), name)) {
            return false;
        }
        change(present -> present.without(name));
        return true;
    }

    /** Of all accounts, as they were added, damaged ones too; in the order in which they were added. */
    public List<String> names() {
        return current().names();
    }

    /** What is wrong with entries of the file. */
    public List<Problem> problems() {
        return current().problems();
    }

    /** Whether this is the password of that account; in equal time for any other one. */
    public boolean verify(String name, char[] password) {
        NtHash given = NtHash.of(password);
        Optional<NtHash> known = Optional.ofNullable(current().hashes().get(NtlmText.upper(name)));
        boolean isEqual = known.orElse(given).equals(given);
        return known.isPresent() && isEqual;
    }

    @Override
    public Optional<NtHash> find(String domain, String user) {
        Map<String, NtHash> hashes = current().hashes();
        NtHash found = hashes.get(NtlmText.upper(domain + "\\" + user));
        if (found == null) {
            found = hashes.get(NtlmText.upper(user));
        }
        int at = user.lastIndexOf('@');
        if (found == null && at > 0 && domain.isEmpty()) {
            // user@domain, as Windows sends what was typed so.
            return find(user.substring(at + 1), user.substring(0, at));
        }
        return Optional.ofNullable(found);
    }

    private Snapshot current() {
        Snapshot seen = snapshot;
        if (stamp().equals(seen.stamp())) {
            return seen;
        }
        synchronized (this) {
            seen = snapshot;
            Stamp stamp = stamp();
            if (!stamp.equals(seen.stamp())) {
                try {
                    snapshot = load();
                } catch (IOException e) {
                    LOG.warn("The accounts stay as they were: {}", e.getMessage());
                    snapshot = new Snapshot(stamp, seen.hashes(), seen.names(), seen.problems());
                }
            }
            return snapshot;
        }
    }

    private Snapshot load() throws IOException {
        // Before the content: what changes in between is read again.
        Stamp stamp = stamp();
        Optional<AccountFile> present = read();
        if (present.isEmpty()) {
            return new Snapshot(stamp, Map.of(), List.of(), List.of());
        }
        List<Problem> problems = present.get().problems();
        problems.stream().limit(PROBLEMS_LOGGED_MAX).forEach(problem -> LOG.warn("{}", problem));
        if (problems.size() > PROBLEMS_LOGGED_MAX) {
            LOG.warn("{}: {} more problems", file, problems.size() - PROBLEMS_LOGGED_MAX);
        }
        return new Snapshot(stamp, present.get().hashes(), present.get().names(), problems);
    }

    /** Empty: there is no file. */
    private Optional<AccountFile> read() throws IOException {
        byte[] content;
        try {
            content = SecretFiles.read(file, AccountFile.BYTES_MAX);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        return Optional.of(AccountFile.read(content, key(), file, keyFile));
    }

    private AccountKey key() throws IOException {
        byte[] text;
        try {
            text = SecretFiles.read(keyFile, KEY_FILE_BYTES_MAX);
        } catch (NoSuchFileException e) {
            throw new AccountsException(
                    keyFile.toString(),
                    "the key of " + file + " is not there",
                    "Put it back, or remove the accounts and add them again");
        }
        SecretFiles.requireOwnerOnly(keyFile);
        byte[] octets = new byte[0];
        try {
            octets = Base64.getDecoder().decode(new String(text, StandardCharsets.US_ASCII).strip());
        } catch (IllegalArgumentException e) {
            LOG.debug("{} is not Base64", keyFile);
        }
        if (octets.length != AccountKey.KEY_BYTES) {
            throw new AccountsException(
                    keyFile.toString(), "this is not a key", "Put it back, or remove it and the accounts");
        }
        AccountKey key = new AccountKey(octets);
        Arrays.fill(octets, (byte) 0);
        Arrays.fill(text, (byte) 0);
        return key;
    }

    private interface Change {
        AccountFile apply(AccountFile present) throws IOException;
    }

    /** One process and one thread at a time, on what is in the file now. */
    private synchronized void change(Change change) throws IOException {
        try (FileChannel channel = lockChannel();
                FileLock _ = lock(channel)) {
            Optional<AccountFile> present = read();
            if (present.isEmpty() && Files.notExists(keyFile)) {
                byte[] octets = AccountKey.generate();
                SecretFiles.replace(
                        keyFile,
                        (Base64.getEncoder().encodeToString(octets) + "\n").getBytes(StandardCharsets.US_ASCII));
                Arrays.fill(octets, (byte) 0);
            }
            AccountFile start = present.isPresent() ? present.get() : AccountFile.empty(key());
            SecretFiles.replace(file, change.apply(start).toBytes());
            snapshot = load();
        }
    }

    private FileChannel lockChannel() throws IOException {
        try {
            SecretFiles.create(lockFile);
        } catch (FileAlreadyExistsException e) {
            LOG.trace("{} is there", lockFile);
        }
        return FileChannel.open(lockFile, StandardOpenOption.WRITE);
    }

    private FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.lock();
        } catch (OverlappingFileLockException e) {
            throw new AccountsException(file.toString(), "the accounts are being changed", "Try again");
        }
    }

    private Stamp stamp() {
        return new Stamp(stamp(file), stamp(keyFile));
    }

    private static String stamp(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
        } catch (IOException e) {
            return e.getClass().getName();
        }
    }

    private static boolean isAmong(List<String> names, String name) {
        String upper = NtlmText.upper(name);
        return names.stream().map(NtlmText::upper).anyMatch(upper::equals);
    }

    private static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }
}
