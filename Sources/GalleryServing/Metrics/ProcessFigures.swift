import Foundation
import Glibc

/// What the system says of this process, under the names that Prometheus has for it.
enum ProcessFigures {
    static func add(to page: inout MetricsPage, started: Date) {
        page.family("process_start_time_seconds", "gauge", "When this process started, in seconds since 1970.")
        page.sample("process_start_time_seconds", [], started.timeIntervalSince1970)
        page.family("process_cpu_seconds_total", "counter", "Processor time used.")
        page.sample("process_cpu_seconds_total", [], cpuSeconds)
        if let memory = residentBytes {
            page.family("process_resident_memory_bytes", "gauge", "Memory in use.")
            page.sample("process_resident_memory_bytes", [], Double(memory))
        }
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            page.family("process_open_fds", "gauge", "Open files and connections.")
            page.sample("process_open_fds", [], Double(files))
        }
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }

    private static var residentBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return pages.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
    }
}
