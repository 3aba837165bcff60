package org.tandemopc.relay.ua.security;

import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;

/**
 * A folder of other people's certificates can be neither read nor made. Its message is a sentence for people, with what to
 * do: unlike with Tandem's own keys nothing is to be moved away, for what is in it is whom Tandem trusts.
 */
public final class CertificateFolderException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    CertificateFolderException(Path folder, IOException why) {
        super(
                "The folder of certificates %s cannot be read or made (%s). %s"
                        .formatted(
                                folder,
                                why instanceof FileAlreadyExistsException
                                        ? "there is something else of that name"
                                        : why.toString(),
                                "See to it that it is a folder, and that the user who runs Tandem may read and write it;"
                                        + " what is in it is to stay."),
                why);
    }

    static IOException causeOf(UncheckedIOException e) {
        IOException cause = e.getCause();
        return cause == null ? new IOException(e) : cause;
    }
}
