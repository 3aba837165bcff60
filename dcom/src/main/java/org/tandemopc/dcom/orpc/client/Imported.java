package org.tandemopc.dcom.orpc.client;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.StdObjRef;

/** One reference to one interface of an object elsewhere: what a pointer stands on until it is closed. Thread-safe. */
final class Imported {
    private final RemoteExporter exporter;
    private final Guid iid;
    private final StdObjRef std;
    private final DualStringArray resolver;
    private final Optional<Resolver> pinged;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** One question for more references at a time. */
    private final AtomicBoolean isAsking = new AtomicBoolean();

    /** Other interfaces of the object that were asked for because this is the wrong one; they end with it. */
    private final Map<Guid, Imported> asked = new ConcurrentHashMap<>();

    /**
     * @param resolver as it came, to be handed on
     * @param pinged who hears that the object is in use
     */
    Imported(
            RemoteExporter exporter,
            Guid iid,
            StdObjRef std,
            DualStringArray resolver,
            Optional<Resolver> pinged,
            Runnable onClose) {
        this.exporter = exporter;
        this.iid = iid;
        this.std = std;
        this.resolver = resolver;
        this.pinged = std.isPinged() ? pinged : Optional.empty();
        this.onClose = onClose;
        exporter.take(std.ipid(), std.publicRefs());
        this.pinged.ifPresent(one -> one.use(std.oid()));
    }

    RemoteExporter exporter() {
        return exporter;
    }

    Guid iid() {
        return iid;
    }

    Guid ipid() {
        return std.ipid();
    }

    /** @return false: somebody asks for more references already */
    boolean beginsToAsk() {
        return isAsking.compareAndSet(false, true);
    }

    void hasAsked() {
        isAsking.set(false);
    }

    DualStringArray resolver() {
        return resolver;
    }

    @Nullable
    Imported asked(Guid wanted) {
        return asked.get(wanted);
    }

    void isAsked(Imported other) {
        asked.put(other.iid(), other);
        if (closed.get()) {
            other.close();
        }
    }

    void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("closed: " + this);
        }
    }

    /** The references in it are the receiver's: one of ours, or none, so that he asks for some himself. */
    ObjRef handOn() {
        requireOpen();
        int count = exporter.handOn(this);
        return new ObjRef.Standard(iid, std.withPublicRefs(count), resolver);
    }

    /** Nobody has them: they go back, whether the pointer is still open or not. */
    void notHandedOn(ObjRef reference) {
        reference.standard().ifPresent(given -> exporter.owe(given.ipid(), given.publicRefs()));
    }

    void close() {
        if (closed.compareAndSet(false, true)) {
            pinged.ifPresent(one -> one.unuse(std.oid()));
            exporter.drop(std.ipid());
            onClose.run();
            asked.values().forEach(Imported::close);
        }
    }

    @Override
    public String toString() {
        return "interface %s of object %016x at %s".formatted(iid, std.oid(), exporter);
    }
}
