package org.tandemopc.app;

/** What the command tells the shell. */
public final class ExitCode {
    public static final int OK = 0;
    /** Could not do what was asked; the message says why. */
    public static final int FAILED = 1;
    /** The command line is wrong. */
    public static final int USAGE = 2;
    /** The configuration cannot be used. */
    public static final int CONFIGURATION = 3;

    private ExitCode() {}
}
