package org.tandemopc.relay;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * Why a file could not be read or written, in words for people: the messages of the JDK name the file alone where it may not
 * be used, and say "Input length = 1" where it is no text. Half a sentence each. Pure; any thread.
 */
public final class FileTrouble {
    private FileTrouble() {}

    /** With the file, where the failure names one. */
    public static String of(IOException failure) {
        return failure instanceof FileSystemException e && e.getFile() != null
                ? e.getFile() + ": " + why(failure)
                : why(failure);
    }

    /** Without the file, for a sentence that has it. */
    public static String why(IOException failure) {
        return switch (failure) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "no such file or folder";
            case FileAlreadyExistsException _ -> "something else of that name is there";
            case NotDirectoryException _ -> "not a folder";
            case CharacterCodingException _ -> "not text in UTF-8";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }
}
