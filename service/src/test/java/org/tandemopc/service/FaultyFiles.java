package org.tandemopc.service;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** The disk, of which one action fails, or every one from some action on; what is written then is half written. */
final class FaultyFiles implements FileActions {
    private int countdown = Integer.MAX_VALUE;
    private boolean staysBroken;
    private boolean failed;

    /** The action with this number, from now on and counted from 0, fails. */
    void failAt(int action) {
        countdown = action;
        staysBroken = false;
        failed = false;
    }

    /** It fails, and everything after it. */
    void stopAt(int action) {
        failAt(action);
        staysBroken = true;
    }

    void failNever() {
        countdown = Integer.MAX_VALUE;
        failed = false;
    }

    boolean hasFailed() {
        return failed;
    }

    private boolean fails() {
        if (failed && staysBroken) {
            return true;
        }
        if (countdown-- != 0) {
            return false;
        }
        failed = true;
        return true;
    }

    private void check() throws IOException {
        if (fails()) {
            throw new IOException("planted fault");
        }
    }

    @Override
    public void makeFolder(Path folder) throws IOException {
        check();
        REAL.makeFolder(folder);
    }

    @Override
    public void write(Path file, byte[] bytes, Path like) throws IOException {
        boolean wasBroken = failed && staysBroken;
        boolean isHalf = fails();
        if (wasBroken) {
            throw new IOException("planted fault");
        }
        REAL.write(file, isHalf ? Arrays.copyOf(bytes, bytes.length / 2) : bytes, like);
        if (isHalf) {
            throw new IOException("planted fault: no space left");
        }
    }

    @Override
    public void force(Path file) throws IOException {
        check();
        REAL.force(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        check();
        REAL.rename(from, to);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        check();
        REAL.forceFolder(folder);
    }

    @Override
    public void delete(Path file) throws IOException {
        check();
        REAL.delete(file);
    }
}
