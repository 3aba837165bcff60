package org.tandemopc.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;

/** Where a command has a password from: never from its command line, which every user of the machine can read. */
final class PasswordSource {
    static final Option USER =
            Option.text("--user", "NAME", "of OPC DA: the account that the servers know, as NAME or DOMAIN\\NAME");
    static final Option PASSWORD = Option.text(
            "--password", "SOURCE", "its password: file:/PATH, env:NAME or prompt; never the password itself");

    private static final int BYTES_MAX = 4_096;
    private static final String PROMPT = "prompt";

    private final Supplier<Optional<String>> terminal;

    /** @param terminal asks a person; empty: there is none */
    PasswordSource(Supplier<Optional<String>> terminal) {
        this.terminal = terminal;
    }

    static PasswordSource ofProcess() {
        return new PasswordSource(() -> {
            java.io.Console console = System.console();
            char[] typed = console != null && console.isTerminal() ? console.readPassword("Password: ") : null;
            return Optional.ofNullable(typed).map(String::new);
        });
    }

    /** As it is written into a configuration: a reference stays one, and the service reads it. */
    Optional<String> forConfiguration(Arguments arguments) throws UsageException {
        String source = arguments.value(PASSWORD.name()).orElse("");
        return source.equals(PROMPT) ? Optional.of(asked()) : checked(arguments);
    }

    /** The password itself, for use at once: a file or variable is this command's. */
    Optional<String> forUse(Arguments arguments) throws UsageException {
        Optional<String> source = forConfiguration(arguments);
        String written = arguments.value(PASSWORD.name()).orElse("");
        if (written.startsWith("file:")) {
            return Optional.of(ofFile(written.substring("file:".length())));
        }
        if (written.startsWith("env:")) {
            String name = written.substring("env:".length());
            return Optional.of(Optional.ofNullable(System.getenv(name))
                    .orElseThrow(() -> new UsageException("The environment variable " + name + " is not set.")));
        }
        return source;
    }

    private static Optional<String> checked(Arguments arguments) throws UsageException {
        Optional<String> source = arguments.value(PASSWORD.name());
        if (source.isPresent() && !source.get().matches("(file|env):.+")) {
            throw new UsageException("A password does not belong on a command line, where others can read it: give"
                    + " --password file:/PATH, env:NAME or prompt.");
        }
        if (source.isPresent() != arguments.value(USER.name()).isPresent()) {
            throw new UsageException("--user and --password go together.");
        }
        return source;
    }

    private String asked() throws UsageException {
        return terminal.get()
                .orElseThrow(() -> new UsageException(
                        "--password prompt needs a terminal to ask at; give file:/PATH or" + " env:NAME."));
    }

    private static String ofFile(String name) throws UsageException {
        try {
            Path file = Path.of(name);
            if (Files.size(file) > BYTES_MAX) {
                throw new UsageException("The password file " + name + " is too long.");
            }
            return Files.readString(file).stripTrailing();
        } catch (IOException | InvalidPathException e) {
            throw new UsageException("The password file " + name + " cannot be read.");
        }
    }
}
