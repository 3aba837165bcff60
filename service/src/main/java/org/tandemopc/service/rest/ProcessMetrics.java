package org.tandemopc.service.rest;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;

/** Figures of the process; names are those that Prometheus clients use for any JVM. */
final class ProcessMetrics {
    private ProcessMetrics() {}

    static void add(Metrics metrics) {
        memory(metrics, "heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage());
        memory(metrics, "nonheap", ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage());
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            metrics.gauge(
                    "jvm_buffer_pool_used_bytes",
                    "Memory of buffers outside of the heap.",
                    pool.getMemoryUsed(),
                    "pool",
                    pool.getName());
        }
        metrics.gauge(
                "jvm_threads_current",
                "Threads of the system; virtual ones are not counted.",
                ManagementFactory.getThreadMXBean().getThreadCount());
        metrics.gauge(
                "process_start_time_seconds",
                "Start of the process, in seconds since 1970.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        metrics.counter("process_cpu_seconds", "Processor time of the process.", system.getProcessCpuTime() / 1e9);
        if (system instanceof UnixOperatingSystemMXBean unix) {
            metrics.gauge("process_open_fds", "Files and sockets that are open.", unix.getOpenFileDescriptorCount());
            metrics.gauge("process_max_fds", "Files and sockets that may be open.", unix.getMaxFileDescriptorCount());
        }
    }

    private static void memory(Metrics metrics, String area, MemoryUsage usage) {
        metrics.gauge("jvm_memory_used_bytes", "Memory in use.", usage.getUsed(), "area", area);
        metrics.gauge("jvm_memory_committed_bytes", "Memory that the system gave.", usage.getCommitted(), "area", area);
        metrics.gauge("jvm_memory_max_bytes", "Most that may be used; -1: no limit.", usage.getMax(), "area", area);
    }
}
