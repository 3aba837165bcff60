package org.tandemopc.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerOnlyTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void fileIsForItsOwnerAloneAndNeverTakesThePlaceOfOne() throws IOException {
        Path file = folder.resolve("key");

        OwnerOnly.create(file);

        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(OwnerOnly.PERMISSIONS);
        assertThatThrownBy(() -> OwnerOnly.create(file)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void successorIsOpenToWhomItsForerunnerWas() throws IOException {
        Path first = folder.resolve("first");
        OwnerOnly.createLike(folder.resolve("none"), first);
        assertThat(Files.getPosixFilePermissions(first)).isEqualTo(OwnerOnly.PERMISSIONS);
        Set<PosixFilePermission> shared = PosixFilePermissions.fromString("rw-rw-r--");
        Files.setPosixFilePermissions(first, shared);

        OwnerOnly.createLike(first, folder.resolve("second"));

        assertThat(Files.getPosixFilePermissions(folder.resolve("second"))).isEqualTo(shared);
    }

    /** As on Windows: what the folder gave to others is gone. */
    @Test
    void accessListHasOneEntryThatOfTheOwner() throws IOException {
        AccessList list = new AccessList();

        OwnerOnly.restrict(list);

        assertThat(list.entries).singleElement().satisfies(entry -> {
            assertThat(entry.type()).isEqualTo(AclEntryType.ALLOW);
            assertThat(entry.principal()).isEqualTo(list.getOwner());
            assertThat(entry.permissions()).containsExactlyInAnyOrder(AclEntryPermission.values());
        });
    }

    private record Somebody(String getName) implements UserPrincipal {
        @Override
        public String getName() {
            return getName;
        }
    }

    private static AclEntry allow(UserPrincipal who) {
        return AclEntry.newBuilder()
                .setType(AclEntryType.ALLOW)
                .setPrincipal(who)
                .setPermissions(AclEntryPermission.READ_DATA)
                .build();
    }

    /** Of a file in a folder that everybody may read. */
    private static final class AccessList implements AclFileAttributeView {
        private final UserPrincipal owner = new Somebody("owner");
        private List<AclEntry> entries = List.of(allow(owner), allow(new Somebody("everybody")));

        @Override
        public String name() {
            return "acl";
        }

        @Override
        public UserPrincipal getOwner() {
            return owner;
        }

        @Override
        public void setOwner(UserPrincipal to) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<AclEntry> getAcl() {
            return entries;
        }

        @Override
        public void setAcl(List<AclEntry> acl) {
            entries = List.copyOf(acl);
        }
    }
}
