package org.tandemopc.core.config;

/**
 * Something wrong, or doubtful, in a configuration.
 *
 * @param path of the setting, as {@code pairs[0].members[1].url}; empty for the file as a whole
 * @param line counted from 1; 0 when there is none
 * @param message what is wrong, a sentence
 * @param remedy what to do about it, a sentence
 */
public record ConfigProblem(Severity severity, String path, int line, String message, String remedy) {
    public enum Severity {
        /** The part of the configuration that it is in cannot be used. */
        ERROR,
        /** It is used as it is. */
        WARNING
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** One line for people, with the place first. */
    public String describe(String file) {
        return file + (line > 0 ? ":" + line : "") + ": " + (path.isEmpty() ? "" : path + ": ")
                + (severity == Severity.WARNING ? "warning: " : "") + message + " " + remedy;
    }
}
