package org.tandemopc.dcom.rpc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.tandemopc.dcom.Bytes;

/**
 * A login and a protection that are safe against nobody, with the properties that RPC must respect: legs in order, keys per
 * login, and signatures and a cipher that only fit at their place in the order of a direction. Type {@link #THREE_LEGS} ends
 * with auth3, as NTLM does; type {@link #FOUR_LEGS} needs an answer to its third token, as SPNEGO does.
 */
final class ToySecurity {
    static final int THREE_LEGS = 10;
    static final int FOUR_LEGS = 9;

    private ToySecurity() {}

    static SecurityMechanism client(int authType, String user, String key) {
        return new Client(authType, user, key);
    }

    /** Takes every user whose key is {@code key}. */
    static SecurityMechanism server(int authType, String key) {
        return new Server(authType, key);
    }

    static Bytes text(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(Bytes bytes) {
        return new String(bytes.toArray(), StandardCharsets.UTF_8);
    }

    private static String proof(String user, String key) {
        return user + "|" + Bytes.of(digest(key, user));
    }

    private static byte[] digest(Object... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Object part : parts) {
                digest.update(
                        part instanceof byte[] octets ? octets : part.toString().getBytes(StandardCharsets.UTF_8));
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Client implements SecurityMechanism {
        private final int authType;
        private final String user;
        private final String key;
        private int leg;

        Client(int authType, String user, String key) {
            this.authType = authType;
            this.user = user;
            this.key = key;
        }

        @Override
        public int authType() {
            return authType;
        }

        @Override
        public SecurityStep step(Bytes token) {
            leg++;
            String said = text(token);
            if (leg == 1) {
                return new SecurityStep.Continue(text("hello"));
            }
            Bytes third = text("i am " + proof(user, key));
            SecurityStep done = new SecurityStep.Done(
                    authType == FOUR_LEGS ? Bytes.EMPTY : third, Principal.ANONYMOUS, new Protection(key, true));
            if (leg == 2 && said.equals("who")) {
                return authType == FOUR_LEGS ? new SecurityStep.Continue(third) : done;
            }
            return leg == 3 && said.equals("welcome") ? done : new SecurityStep.Failed("odd token " + said);
        }
    }

    private static final class Server implements SecurityMechanism {
        private final int authType;
        private final String key;

        Server(int authType, String key) {
            this.authType = authType;
            this.key = key;
        }

        @Override
        public int authType() {
            return authType;
        }

        @Override
        public SecurityStep step(Bytes token) {
            String said = text(token);
            if (said.equals("hello")) {
                return new SecurityStep.Continue(text("who"));
            }
            String user = said.replaceFirst("^i am ", "").replaceFirst("\\|.*", "");
            if (!said.equals("i am " + proof(user, key))) {
                return new SecurityStep.Failed("account: wrong key");
            }
            Bytes answer = authType == FOUR_LEGS ? text("welcome") : Bytes.EMPTY;
            return new SecurityStep.Done(answer, new Principal("TOY", user), new Protection(key, false));
        }
    }

    /** Each direction counts its PDUs and the octets that it has sealed. */
    static final class Protection implements MessageProtection {
        private static final int TOKEN = 16;

        private final Direction out;
        private final Direction in;

        Protection(String key, boolean client) {
            Direction up = new Direction(key + "up");
            Direction down = new Direction(key + "down");
            out = client ? up : down;
            in = client ? down : up;
        }

        @Override
        public int tokenLength() {
            return TOKEN;
        }

        @Override
        public Bytes protect(byte[] pdu, int pduEnd, int sealFrom, int sealTo, boolean seal) {
            Bytes token = out.token(pdu, pduEnd);
            if (seal) {
                out.cipher(pdu, sealFrom, sealTo);
            }
            return token;
        }

        @Override
        public boolean unprotect(byte[] pdu, int pduEnd, int sealFrom, int sealTo, boolean sealed, Bytes token) {
            if (sealed) {
                in.cipher(pdu, sealFrom, sealTo);
            }
            return in.token(pdu, pduEnd).equals(token);
        }
    }

    private static final class Direction {
        private final String key;
        private long pdus;
        private long sealed;

        Direction(String key) {
            this.key = key;
        }

        Bytes token(byte[] pdu, int pduEnd) {
            byte[] mac = digest(key, "#" + pdus++ + "#", Arrays.copyOf(pdu, pduEnd));
            return Bytes.of(mac, 0, Protection.TOKEN);
        }

        void cipher(byte[] pdu, int from, int to) {
            byte[] pad = new byte[0];
            for (int i = from; i < to; i++) {
                int at = Math.floorMod(sealed, 32);
                if (at == 0 || pad.length == 0) {
                    pad = digest(key, "stream", sealed / 32);
                }
                pdu[i] ^= pad[at];
                sealed++;
            }
        }
    }
}
