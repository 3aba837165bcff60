package org.tandemopc.app;

/** What the command tells the shell. */
public final class ExitCode {
    public static final int OK = 0;
    /** Could not do what was asked, or a check found something; the message says why. */
    public static final int FAILED = 1;
    /** The command line is wrong. */
    public static final int USAGE = 2;
    /** The configuration cannot be used. */
    public static final int CONFIGURATION = 3;
    /** No service runs with this data folder. */
    public static final int NO_SERVICE = 4;
    /** The service refused: it cannot be done now, or somebody else changed something meanwhile. */
    public static final int REFUSED = 5;

    private ExitCode() {}
}
