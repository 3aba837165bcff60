package org.tandemopc.relay.da.back;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.ole.FormatEtc;
import org.tandemopc.opcda.ole.IAdviseSink.Change;
import org.tandemopc.opcda.ole.StorageMedium;
import org.tandemopc.opcda.stream.DataStream;
import org.tandemopc.opcda.stream.StreamFormat;
import org.tandemopc.opcda.stream.WriteStream;

/** What a member of DA 1.0 sent to a sink of ours (DA 2.05a 4.6.4). Pure, immutable. */
sealed interface StreamMessage {
    /** The member's number; 0: it belongs to none. */
    int transactionId();

    /** Values. @param hasTimes whether the format has them */
    record Data(DataStream stream, boolean hasTimes) implements StreamMessage {
        @Override
        public int transactionId() {
            return stream.transactionId();
        }

        boolean isFailed() {
            return !HResult.isSuccess(stream.status());
        }

        /** @param now stands where the format has no times */
        List<OpcItemChange> changes(FileTime now) {
            return stream.items().stream()
                    .map(item -> new OpcItemChange(
                            item.clientHandle(),
                            item.value(),
                            item.quality(),
                            hasTimes ? item.timestamp() : now,
                            HResult.S_OK))
                    .toList();
        }
    }

    /** What became of a write. */
    record Written(WriteStream stream) implements StreamMessage {
        @Override
        public int transactionId() {
            return stream.transactionId();
        }
    }

    /** It cannot be read, but for the transaction that it belongs to. */
    record Broken(int transactionId, boolean isWritten, String why) implements StreamMessage {}

    /** Whether it ends a write. */
    default boolean isOfWrite() {
        return this instanceof Written || (this instanceof Broken broken && broken.isWritten());
    }

    /**
     * @param advised what the sink was given for
     * @return one that cannot be read is {@link Broken}
     */
    static StreamMessage of(Change change, StreamFormat advised) {
        StreamFormat format =
                change.format().map(FormatEtc::format).flatMap(StreamFormat::of).orElse(advised);
        Bytes octets = change.medium().flatMap(StorageMedium::octets).orElse(Bytes.EMPTY);
        try {
            return format == StreamFormat.WRITE_COMPLETE
                    ? new Written(WriteStream.read(octets))
                    : data(octets, format == StreamFormat.DATA_TIME);
        } catch (MalformedException e) {
            boolean isWritten = format == StreamFormat.WRITE_COMPLETE;
            return new Broken(transactionId(octets, isWritten).orElse(0), isWritten, String.valueOf(e.getMessage()));
        }
    }

    private static StreamMessage data(Bytes octets, boolean hasTimes) throws MalformedException {
        return new Data(DataStream.read(octets, hasTimes), hasTimes);
    }

    /** Behind two or three numbers of 32 bits. */
    private static Optional<Integer> transactionId(Bytes octets, boolean isWritten) {
        try {
            ByteReader in = octets.reader();
            in.skip((isWritten ? 2 : 3) * Integer.BYTES, "header");
            return Optional.of(in.i32("dwTransactionID"));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }
}
