package org.tandemopc.service.rest;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.tandemopc.service.users.Role;

/** Figures for Prometheus and whoever reads its text format (0.0.4); the table is {@code docs/reference/metrics.md}. */
final class MetricsRoutes {
    private final ServiceFacade service;
    private final SwitchCounts switches = new SwitchCounts();

    /** Counts switches from now on, for as long as the service lives. */
    MetricsRoutes(ServiceFacade service) {
        this.service = service;
        service.runtime().listen(switches);
    }

    List<Route> routes() {
        return List.of(Route.get(Role.VIEWER, "/api/v1/metrics", call -> metrics()));
    }

    private Reply metrics() throws IOException {
        Metrics metrics = new Metrics();
        ProcessMetrics.add(metrics);
        ServiceMetrics.add(metrics, service, switches);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(text, metrics.snapshots());
        return new Reply.Page(PrometheusTextFormatWriter.CONTENT_TYPE, text.toString(StandardCharsets.UTF_8));
    }
}
