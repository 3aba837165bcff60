package org.tandemopc.dcom.ntlm;

/**
 * What is refused unless a setting allows it, for the sake of a peer that can do no better. Each is a hole: the log says so when
 * it is used first.
 */
public enum Leniency {
    /** Levels below PKT: the password is proved once, and whoever sits between may change and add calls. */
    UNSIGNED_CALLS("calls are neither signed nor sealed"),
    /**
     * The NTLM2 session response, of NTLMv1's strength: broken within a day from a recorded login. As client: is sent in place
     * of NTLMv2.
     */
    NTLM2_SESSION(
            "the response is NTLM2 session instead of NTLMv2, which gives the password's hash to whoever records it"),
    /**
     * The NTLMv1 response without extended session security, and so without signatures. As client: is sent to servers that do
     * not know extended session security.
     */
    NTLM1("the response is NTLMv1, which gives the password's hash to whoever records it"),
    /** Seal keys of 56 or 40 bits. */
    WEAK_KEYS("seal keys have 56 bits or fewer"),
    /** Keys straight from the password's proof, and signatures that are not encrypted. */
    NO_KEY_EXCHANGE("no session key was exchanged"),
    /** Nobody in particular; can sign and seal, with a key that whoever watches can work out. */
    ANONYMOUS("the login is anonymous and proves nothing");

    private final String consequence;

    Leniency(String consequence) {
        this.consequence = consequence;
    }

    /** In a sentence of the log. */
    String consequence() {
        return consequence;
    }
}
