package org.tandemopc.service.notify;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.core.config.NotificationConfig;
import org.tandemopc.core.notify.Notice;
import org.tandemopc.core.notify.NotificationEvent;

/** The ways of one pair, each with a thread of its own, so that one that hangs does not keep the others. Any thread. */
final class PairNotifier {
    /** Makes what tells through one channel. */
    interface Workers {
        ChannelWorker start(Channel channel, Pace pace);
    }

    private final NotificationConfig config;
    private final Map<String, ChannelWorker> workers = new LinkedHashMap<>();

    PairNotifier(NotificationConfig config, List<Channel> channels, Workers starter) {
        this.config = config;
        for (Channel channel : channels) {
            Pace pace = channel.name().equals(SyslogChannel.NAME) ? Pace.OF_PROGRAMS : Pace.OF_PEOPLE;
            workers.put(channel.name(), starter.start(channel, pace));
        }
    }

    NotificationConfig config() {
        return config;
    }

    /** Never blocks. What the settings do not name is nobody's. */
    void offer(Notice notice) {
        if (isChosen(notice)) {
            workers.values().forEach(worker -> worker.offer(notice));
        }
    }

    private boolean isChosen(Notice notice) {
        return NotificationEvent.of(notice.record())
                .filter(config.events()::contains)
                .isPresent();
    }

    NotificationStatus status() {
        return NotificationStatus.together(
                workers.values().stream().map(ChannelWorker::status).toList());
    }

    /** Takes over what the earlier one had still to tell; that one ends. */
    void takeOver(PairNotifier earlier) {
        earlier.workers.forEach((name, worker) -> {
            List<Notice> rest = worker.abandon();
            ChannelWorker mine = workers.get(name);
            if (mine != null) {
                mine.offerAll(rest.stream().filter(this::isChosen).toList());
            }
        });
    }

    /** Tells what waits, and ends; returns at once. */
    void close() {
        workers.values().forEach(ChannelWorker::close);
    }

    /** @param endNanos monotonic; what is under way then is given up */
    void awaitEnd(long endNanos) {
        for (ChannelWorker worker : new ArrayList<>(workers.values())) {
            worker.awaitEnd(Duration.ofNanos(endNanos - System.nanoTime()));
        }
    }
}
