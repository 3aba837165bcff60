package org.tandemopc.service.users;

/** A change of the users that cannot be made; nothing was changed. Carries no stack trace: it is an answer, not a defect. */
public final class UserRefused extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is wrong, for programs. */
    public enum Kind {
        NO_SUCH_USER,
        NAME_TAKEN,
        LAST_ENGINEER,
        USERS_EXIST,
        BAD_NAME,
        BAD_PASSWORD,
        WRONG_PASSWORD,
        TOO_MANY
    }

    private final Kind kind;
    private final String remedy;

    UserRefused(Kind kind, String message, String remedy) {
        super(message, null, false, false);
        this.kind = kind;
        this.remedy = remedy;
    }

    public Kind kind() {
        return kind;
    }

    /** What to do about it, a sentence. */
    public String remedy() {
        return remedy;
    }
}
