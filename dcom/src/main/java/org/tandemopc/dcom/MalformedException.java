package org.tandemopc.dcom;

/** Octets that are not what the specification says. Leaves the peer's connection or call to whoever owns it; never logged here. */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String clause;
    private final String field;
    private final int offset;

    /**
     * @param clause of the specification that the octets break, such as "C706 12.6.3.1"
     * @param field its name there
     * @param offset where it begins, from the start of what is decoded
     * @param why what is wrong with it
     */
    public MalformedException(String clause, String field, int offset, String why) {
        super(clause + ": " + field + " at " + offset + " " + why);
        this.clause = clause;
        this.field = field;
        this.offset = offset;
    }

    public String clause() {
        return clause;
    }

    public String field() {
        return field;
    }

    public int offset() {
        return offset;
    }
}
