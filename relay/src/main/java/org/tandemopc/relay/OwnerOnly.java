package org.tandemopc.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * Files that hold keys, tokens and passwords: for the user that makes them alone, from their first moment. By permissions
 * (0600) where the file system has them, else by an access list (Windows); on one with neither, anybody can read. Any
 * thread; blocks.
 */
public final class OwnerOnly {
    /** Read and write for the owner. */
    public static final Set<PosixFilePermission> PERMISSIONS =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private OwnerOnly() {}

    /**
     * Makes an empty file.
     *
     * @throws IOException it cannot be made, or it is there already
     */
    public static void create(Path file) throws IOException {
        if (hasPermissions(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PERMISSIONS));
            return;
        }
        Files.createFile(file);
        AclFileAttributeView list = Files.getFileAttributeView(file, AclFileAttributeView.class);
        if (list != null) {
            restrict(list);
        }
    }

    /**
     * Makes an empty file in whose place another one will be: open to whom that one is open, or to its owner alone if there
     * is none yet.
     *
     * @throws IOException it cannot be made, or it is there already
     */
    public static void createLike(Path other, Path file) throws IOException {
        create(file);
        if (Files.notExists(other)) {
            return;
        }
        if (hasPermissions(file)) {
            // Not at its making, where the mask of the process would take some away.
            Files.setPosixFilePermissions(file, Files.getPosixFilePermissions(other));
            return;
        }
        AclFileAttributeView from = Files.getFileAttributeView(other, AclFileAttributeView.class);
        AclFileAttributeView to = Files.getFileAttributeView(file, AclFileAttributeView.class);
        if (from != null && to != null) {
            to.setAcl(from.getAcl());
        }
    }

    private static boolean hasPermissions(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder != null && Files.getFileAttributeView(folder, PosixFileAttributeView.class) != null;
    }

    /** One entry in place of all that came from the folder. */
    static void restrict(AclFileAttributeView list) throws IOException {
        list.setAcl(List.of(AclEntry.newBuilder()
                .setType(AclEntryType.ALLOW)
                .setPrincipal(list.getOwner())
                .setPermissions(EnumSet.allOf(AclEntryPermission.class))
                .build()));
    }
}
