package org.tandemopc.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what configurations say of the interface for commands and consoles, as a part of {@link ConfigReader}. */
final class RestReader {
    private static final String LISTEN_REMEDY = "Write 127.0.0.1:port, or leave it out: the system chooses a port.";
    private static final String TLS_REMEDY =
            "Write 'tls: own' for a certificate that Tandem makes, or 'tls:' and below it certificate and key, two files.";
    private static final String REACHABLE_REMEDY = "Write 127.0.0.1:port for this machine alone; for others write"
            + " 'tls: own', or 'tls:' and below it certificate and key, two files.";
    private static final String NAMES_REMEDY =
            "Write a list as [tandem.plant.example], or with a port as [tandem.plant.example:443].";
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?(?::[0-9]{1,5})?");

    private final Problems problems;

    RestReader(Problems problems) {
        this.problems = problems;
    }

    RestConfig read(ConfigNode node) {
        Section s = Section.of(node, "rest", problems);
        String listen = s.text("listen");
        List<String> names = names(s);
        Optional<RestTls> tls = s.node("tls").flatMap(setting -> tls(s, setting));
        boolean console = s.flag("console", RestConfig.DEFAULT.console());
        boolean isTlsAskedFor = s.node("tls").isPresent();
        s.end();
        if (listen == null) {
            return new RestConfig(RestConfig.DEFAULT.host(), RestConfig.DEFAULT.port(), names, tls, console);
        }
        Address address = Address.ofListen(listen).orElse(null);
        if (address == null) {
            problems.error(
                    s.path("listen"),
                    s.line("listen"),
                    "'%s' is not an address to listen on.".formatted(listen),
                    LISTEN_REMEDY);
            return RestConfig.DEFAULT;
        }
        if (!address.isLoopback() && !isTlsAskedFor) {
            problems.error(
                    s.path("listen"),
                    s.line("listen"),
                    "'%s' can be reached from other machines, where passwords need TLS on their way.".formatted(listen),
                    REACHABLE_REMEDY);
            return RestConfig.DEFAULT;
        }
        return new RestConfig(address.host(), address.port(), names, tls, console);
    }

    private Optional<RestTls> tls(Section s, ConfigNode node) {
        if (node instanceof ConfigNode.Scalar scalar) {
            if ("own".equals(scalar.text())) {
                return Optional.of(new RestTls.Own());
            }
            problems.error(s.path("tls"), node.line(), "'%s' is not known here.".formatted(scalar.text()), TLS_REMEDY);
            return Optional.empty();
        }
        Section files = Section.of(node, s.path("tls"), problems);
        String certificate = files.required("certificate", TLS_REMEDY);
        String key = files.required("key", TLS_REMEDY);
        files.end();
        return Optional.of(new RestTls.Files(certificate, key));
    }

    private List<String> names(Section s) {
        if (s.node("names").isEmpty()) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        List<ConfigNode> items = s.items("names", NAMES_REMEDY);
        if (items.size() > RestConfig.NAMES_MAX) {
            problems.error(
                    s.path("names"),
                    s.line("names"),
                    "%d names are too many.".formatted(items.size()),
                    "Write at most %d.".formatted(RestConfig.NAMES_MAX));
            return List.of();
        }
        for (ConfigNode item : items) {
            String name = item instanceof ConfigNode.Scalar scalar && scalar.text() != null ? scalar.text() : "";
            if (NAME.matcher(name).matches()) {
                names.add(name);
            } else {
                problems.error(s.path("names"), item.line(), "'%s' is no name.".formatted(name), NAMES_REMEDY);
            }
        }
        return names;
    }
}
