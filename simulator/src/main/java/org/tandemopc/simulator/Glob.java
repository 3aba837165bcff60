package org.tandemopc.simulator;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/** {@code counter/*}, {@code static/Int3?}: a star stands for any text, a question mark for one character. */
public final class Glob {
    private Glob() {}

    /** @param glob compared with whole ids */
    public static Predicate<String> of(String glob) {
        StringBuilder regex = new StringBuilder();
        for (char c : glob.toCharArray()) {
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString()).asMatchPredicate();
    }
}
