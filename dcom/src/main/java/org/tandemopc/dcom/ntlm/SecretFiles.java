package org.tandemopc.dcom.ntlm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Files that their owner alone may open, from their first moment: by permissions where the file system has them, else by an
 * access list (Windows). Any thread; blocks.
 */
final class SecretFiles {
    static final Set<PosixFilePermission> PERMISSIONS =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private SecretFiles() {}

    /** @throws IOException it is there already, or cannot be made */
    static void create(Path file) throws IOException {
        if (hasPermissions(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PERMISSIONS));
            return;
        }
        Files.createFile(file);
        AclFileAttributeView list = Files.getFileAttributeView(file, AclFileAttributeView.class);
        if (list != null) {
            list.setAcl(List.of(AclEntry.newBuilder()
                    .setType(AclEntryType.ALLOW)
                    .setPrincipal(list.getOwner())
                    .setPermissions(EnumSet.allOf(AclEntryPermission.class))
                    .build()));
        }
    }

    /** In one action: whoever opens the file finds the old content or the new one, also after a loss of power. */
    static void replace(Path file, byte[] content) throws IOException {
        Path folder = folder(file);
        Path draft = folder.resolve("." + file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        create(draft);
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (hasPermissions(file)) {
            // Windows has no such action, and does without.
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    /** @throws AccountsException it is longer than that */
    static byte[] read(Path file, int bytesMax) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(bytesMax + 1);
            if (content.length > bytesMax) {
                throw new AccountsException(
                        file.toString(), "the file has more than " + bytesMax + " octets", "Put the right file there");
            }
            return content;
        }
    }

    /** @throws AccountsException others may open it */
    static void requireOwnerOnly(Path file) throws IOException {
        if (!hasPermissions(file)) {
            return;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (!PERMISSIONS.containsAll(permissions)) {
            throw new AccountsException(
                    file.toString(),
                    "others may open the key (" + PosixFilePermissions.toString(permissions) + ")",
                    "Run chmod 600 on it, and set new passwords if somebody may have read it");
        }
    }

    private static boolean hasPermissions(Path file) {
        return Files.getFileAttributeView(folder(file), PosixFileAttributeView.class) != null;
    }

    private static Path folder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException(file + " is not a file");
        }
        return folder;
    }
}
