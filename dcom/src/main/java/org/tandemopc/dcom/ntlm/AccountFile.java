package org.tandemopc.dcom.ntlm;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The text of an account file: what it means, and how it changes. Pure.
 *
 * <pre>
 * tandem-accounts 1
 * key-check BASE64         16 zeros, sealed: tells a wrong key from a damaged entry
 * BASE64 NAME              the NT hash, sealed for that name; one line for each account
 * </pre>
 *
 * Lines that cannot be read stay where they are until their account is added again or removed: an edit loses nothing.
 *
 * @param lines from the third on
 * @param hashes by name in upper case
 * @param names as they were added, in the order of the lines, with or without a readable hash
 */
record AccountFile(
        String keyCheck,
        List<String> lines,
        Map<String, NtHash> hashes,
        List<String> names,
        List<AccountStore.Problem> problems) {
    static final int ACCOUNTS_MAX = 10_000;
    static final int BYTES_MAX = 4 << 20;

    private static final String TITLE = "tandem-accounts 1";
    private static final String KEY_CHECK = "key-check";

    AccountFile {
        lines = List.copyOf(lines);
        hashes = Map.copyOf(hashes);
        names = List.copyOf(names);
        problems = List.copyOf(problems);
    }

    static AccountFile empty(AccountKey key) {
        String check = encoded(key.seal(new byte[NtHash.BYTES], KEY_CHECK));
        return new AccountFile(check, List.of(), Map.of(), List.of(), List.of());
    }

    /**
     * @param file for the places in messages
     * @throws AccountsException nothing of it can be read
     */
    static AccountFile read(byte[] content, AccountKey key, Path file, Path keyFile) throws AccountsException {
        List<String> all = text(content, file).lines().toList();
        if (all.isEmpty() || !all.getFirst().equals(TITLE)) {
            throw new AccountsException(
                    file + ":1", "this is not a file of accounts", "Put the right file there, or remove it");
        }
        String check = all.size() < 2 ? "" : all.get(1);
        Optional<byte[]> sealed =
                check.startsWith(KEY_CHECK + " ") ? decoded(check.substring(KEY_CHECK.length() + 1)) : Optional.empty();
        if (sealed.isEmpty()) {
            throw new AccountsException(
                    file + ":2",
                    "the check of the key is damaged",
                    "Put a copy of the file there, or remove it and add" + " the accounts again");
        }
        if (key.open(sealed.get(), KEY_CHECK).isEmpty()) {
            throw new AccountsException(
                    file + ":2",
                    "the accounts are sealed with another key than " + keyFile,
                    "Put their key there, or remove both files and add the accounts again");
        }
        Reading reading = new Reading(key);
        List<String> lines = all.subList(2, all.size());
        for (int n = 0; n < lines.size(); n++) {
            reading.line(file + ":" + (n + 3), lines.get(n));
        }
        return new AccountFile(
                check.substring(KEY_CHECK.length() + 1), lines, reading.hashes, reading.names, reading.problems);
    }

    byte[] toBytes() {
        StringBuilder text = new StringBuilder();
        text.append(TITLE).append('\n');
        text.append(KEY_CHECK).append(' ').append(keyCheck).append('\n');
        lines.forEach(line -> text.append(line).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** In place of any account of that name. Only the lines count afterwards: read it again. */
    AccountFile with(String name, NtHash hash, AccountKey key) {
        String added = encoded(key.seal(hash.octets(), NtlmText.upper(name))) + " " + name;
        List<String> changed = new ArrayList<>();
        boolean isPlaced = false;
        for (String line : lines) {
            if (!isOf(line, name)) {
                changed.add(line);
            } else if (!isPlaced) {
                changed.add(added);
                isPlaced = true;
            }
        }
        if (!isPlaced) {
            changed.add(added);
        }
        return withLines(changed);
    }

    AccountFile without(String name) {
        return withLines(lines.stream().filter(line -> !isOf(line, name)).toList());
    }

    private static boolean isOf(String line, String name) {
        return NtlmText.upper(nameOf(line)).equals(NtlmText.upper(name));
    }

    private AccountFile withLines(List<String> changed) {
        return new AccountFile(keyCheck, changed, hashes, names, problems);
    }

    /** @return what is wrong with it; empty: nothing */
    static Optional<String> nameProblem(String name) {
        String[] parts = name.split("\\\\", -1);
        boolean isPartEmpty = false;
        for (String part : parts) {
            isPartEmpty |= part.isEmpty() || !part.strip().equals(part);
        }
        if (isPartEmpty || parts.length > 2) {
            return Optional.of("is neither USER nor DOMAIN\\USER");
        } else if (!NtlmText.isName(name)) {
            return Optional.of("is too long or has a control character in it");
        }
        return Optional.empty();
    }

    private static String nameOf(String line) {
        return line.substring(line.indexOf(' ') + 1);
    }

    private static String text(byte[] content, Path file) throws AccountsException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new AccountsException(file.toString(), "the file is not UTF-8", "Put the right file there");
        }
    }

    private static String encoded(byte[] sealed) {
        return Base64.getEncoder().encodeToString(sealed);
    }

    private static Optional<byte[]> decoded(String text) {
        try {
            return Optional.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Line by line: one that is damaged costs its own account and no other. */
    private static final class Reading {
        private final AccountKey key;
        private final Map<String, NtHash> hashes = new LinkedHashMap<>();
        private final List<String> names = new ArrayList<>();
        private final Set<String> seen = new HashSet<>();
        private final List<AccountStore.Problem> problems = new ArrayList<>();

        Reading(AccountKey key) {
            this.key = key;
        }

        void line(String place, String line) {
            String name = nameOf(line);
            Optional<byte[]> sealed = decoded(line.substring(0, Math.max(line.indexOf(' '), 0)))
                    .filter(octets -> octets.length == NtHash.BYTES + AccountKey.OVERHEAD_BYTES);
            if (sealed.isEmpty() || nameProblem(name).isPresent()) {
                problems.add(new AccountStore.Problem(
                        place, "this is not an account", "Remove the line, and add the account again that it was"));
                return;
            }
            String shown = NtlmText.shown(name);
            if (seen.contains(NtlmText.upper(name))) {
                problems.add(new AccountStore.Problem(
                        place, "there is a second account " + shown + ", which is not used", "Remove the line"));
                return;
            }
            if (names.size() == ACCOUNTS_MAX) {
                problems.add(new AccountStore.Problem(
                        place, "there are more than " + ACCOUNTS_MAX + " accounts", "Remove some"));
                return;
            }
            names.add(name);
            seen.add(NtlmText.upper(name));
            Optional<byte[]> hash = key.open(sealed.get(), NtlmText.upper(name));
            if (hash.isEmpty()) {
                problems.add(new AccountStore.Problem(
                        place, "the account " + shown + " is damaged and cannot log in", "Add it again"));
                return;
            }
            hashes.put(NtlmText.upper(name), NtHash.ofOctets(hash.get()));
        }
    }
}
