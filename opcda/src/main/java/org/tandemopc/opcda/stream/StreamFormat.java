package org.tandemopc.opcda.stream;

import java.util.Arrays;
import java.util.Optional;
import org.tandemopc.opcda.ole.ClipFormat;
import org.tandemopc.opcda.ole.FormatEtc;

/** The formats of DA 1.0 (DA 2.05a 4.6.4): one connection of IDataObject each. They are known by their names, not their numbers. */
public enum StreamFormat {
    /** Values without times. */
    DATA("OPCSTMFORMATDATA"),

    /** Values with times. */
    DATA_TIME("OPCSTMFORMATDATATIME"),

    /** What became of a write. */
    WRITE_COMPLETE("OPCSTMFORMATWRITECOMPLETE");

    private final String formatName;

    StreamFormat(String formatName) {
        this.formatName = formatName;
    }

    /** As DAdvise and OnDataChange have it. */
    public FormatEtc format() {
        return FormatEtc.of(ClipFormat.named(formatName));
    }

    /** Empty: none of OPC. */
    public static Optional<StreamFormat> of(ClipFormat asked) {
        return Arrays.stream(values())
                .filter(one -> asked.name().filter(one.formatName::equals).isPresent())
                .findFirst();
    }
}
