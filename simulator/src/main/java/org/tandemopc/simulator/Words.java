package org.tandemopc.simulator;

import java.util.List;

/** The arguments of a line of a fault console. What is not as expected is an {@link IllegalArgumentException} for people. */
public final class Words {
    private Words() {}

    /** @param what the only argument should be */
    public static String only(List<String> arguments, String what) {
        if (arguments.size() != 1) {
            throw new IllegalArgumentException("one argument expected: " + what);
        }
        return arguments.get(0);
    }

    public static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a number expected, not " + text, e);
        }
    }

    /** Of on and off. */
    public static boolean isOn(String word) {
        return switch (word) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException("on or off expected, not " + word);
        };
    }
}
