package org.tandemopc.service;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.tandemopc.relay.FileTrouble;

/** The data folder, held by one process at a time: two services would overwrite each other's state. */
public final class DataFolder implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final long ROOT = 0;

    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;

    private DataFolder(Path path, FileChannel channel, FileLock lock) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Makes the folder when it is missing, and takes it. Not from a service of another user, which could not go on with
     * what this one writes; a folder that no service has held yet may be anybody's, as a mounted one is at times.
     *
     * @throws IOException with a sentence for people: held by another process, another user's, not writable
     */
    public static DataFolder hold(Path path) throws IOException {
        if (hasUserNumbers(path)) {
            refuseHeldByAnotherUser(path, new UnixSystem().getUid());
        }
        FileChannel channel;
        try {
            Files.createDirectories(path);
            channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException(
                    "Cannot use the data folder " + path + " (" + FileTrouble.of(e)
                            + "). Choose another one with --data.",
                    e);
        }
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DataFolder(path, channel, lock);
            }
        } catch (OverlappingFileLockException e) {
            // held by this very process: the same answer
        }
        channel.close();
        throw new IOException("The data folder " + path
                + " is in use by another Tandem. Stop that one, or choose another folder with --data.");
    }

    /**
     * Refuses a folder whose service runs as another user, before anything is written there that this service could not
     * read: root's commands beside a service of the user tandem, say. Files of root itself are no hindrance, for root reads
     * everything, and folders that are mounted into a container are often root's. Only where files have user numbers.
     *
     * @throws IOException with a sentence for people
     */
    public static void refuseOfAnotherUser(Path path) throws IOException {
        if (hasUserNumbers(path)) {
            refuseOfAnotherUser(path, new UnixSystem().getUid());
        }
    }

    private static boolean hasUserNumbers(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    static void refuseOfAnotherUser(Path path, long uid) throws IOException {
        Path lock = path.resolve(LOCK);
        Path evidence = Files.exists(lock) ? lock : path;
        if (isOfAnother(evidence, uid)) {
            throw new IOException("The data folder " + path + " is used by a service of the user '"
                    + Files.getOwner(evidence).getName()
                    + "', who could not read what is written there now. Run the command as that user.");
        }
    }

    static void refuseHeldByAnotherUser(Path path, long uid) throws IOException {
        Path lock = path.resolve(LOCK);
        if (isOfAnother(lock, uid)) {
            String owner = Files.getOwner(lock).getName();
            throw new IOException("The data folder " + path + " belongs to a service of the user '" + owner
                    + "', who could not go on with what is written there now. Run it as that user, choose another"
                    + " folder with --data, or give this one and all in it to the new user (chown -R).");
        }
    }

    private static boolean isOfAnother(Path file, long uid) throws IOException {
        if (Files.notExists(file)) {
            return false;
        }
        long owner = ((Number) Files.getAttribute(file, "unix:uid")).longValue();
        return owner != uid && owner != ROOT;
    }

    public Path path() {
        return path;
    }

    /** The memory of this machine, read now. */
    public StateFile stateFile() {
        return StateFile.read(path.resolve(StateFile.NAME));
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
