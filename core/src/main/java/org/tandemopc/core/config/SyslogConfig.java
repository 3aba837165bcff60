package org.tandemopc.core.config;

/** Notifications by syslog (RFC 5424). @param host name or address, without brackets */
public record SyslogConfig(String host, int port, Transport protocol, Facility facility) {
    /** How messages travel. */
    public enum Transport {
        /** RFC 5426: a datagram each; nobody learns of one that is lost. */
        UDP("udp", 514),
        /** RFC 6587, with the length before each message. */
        TCP("tcp", 601),
        /** RFC 5425. */
        TLS("tls", 6514);

        private final String label;
        private final int port;

        Transport(String label, int port) {
            this.label = label;
            this.port = port;
        }

        /** As in the configuration file. */
        public String label() {
            return label;
        }

        /** The one that is used unless another is named. */
        public int port() {
            return port;
        }
    }

    /** RFC 5424, 6.2.1, by their usual names. */
    public enum Facility {
        USER("user", 1),
        DAEMON("daemon", 3),
        LOCAL0("local0", 16),
        LOCAL1("local1", 17),
        LOCAL2("local2", 18),
        LOCAL3("local3", 19),
        LOCAL4("local4", 20),
        LOCAL5("local5", 21),
        LOCAL6("local6", 22),
        LOCAL7("local7", 23);

        private final String label;
        private final int code;

        Facility(String label, int code) {
            this.label = label;
            this.code = code;
        }

        /** As in the configuration file. */
        public String label() {
            return label;
        }

        public int code() {
            return code;
        }
    }

    /** As people write it. */
    public String place() {
        return new Address(host, port).text();
    }
}
