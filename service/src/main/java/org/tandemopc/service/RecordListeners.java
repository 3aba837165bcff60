package org.tandemopc.service;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Those who listen to the records of the service, whatever pairs it has and however often they are made anew. Any thread. */
final class RecordListeners {
    private final List<RecordListener> all = new CopyOnWriteArrayList<>();

    RecordListener.Subscription add(RecordListener listener) {
        all.add(listener);
        return () -> all.remove(listener);
    }

    void recorded(LoggedRecord record) {
        all.forEach(listener -> listener.recorded(record));
    }

    void removed(String pair) {
        all.forEach(listener -> listener.removed(pair));
    }
}
