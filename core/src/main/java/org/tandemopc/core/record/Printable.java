package org.tandemopc.core.record;

/**
 * Makes text that others chose (names of sessions, users and items, messages of servers) harmless where people read it:
 * what would begin a new line, move a cursor, or turn the direction of writing is shown as its code. Pure; any thread.
 */
public final class Printable {
    private Printable() {}

    /** The same text with every character that is not seen as {@code \}{@code uXXXX}; printable text is not changed. */
    public static String of(String text) {
        int i = 0;
        while (i < text.length() && isHarmless(text, i)) {
            i += Character.charCount(text.codePointAt(i));
        }
        return i == text.length() ? text : text.substring(0, i) + escaped(text, i);
    }

    private static String escaped(String text, int from) {
        StringBuilder out = new StringBuilder();
        int i = from;
        while (i < text.length()) {
            int length = Character.charCount(text.codePointAt(i));
            for (int c = i; c < i + length; c++) {
                if (isHarmless(text, i)) {
                    out.append(text.charAt(c));
                } else {
                    out.append("\\u%04X".formatted((int) text.charAt(c)));
                }
            }
            i += length;
        }
        return out.toString();
    }

    /** Format characters are those that turn the direction, join, or take no room: all of them could hide something. */
    private static boolean isHarmless(String text, int index) {
        return switch (Character.getType(text.codePointAt(index))) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
