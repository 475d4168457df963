import CLinux
import Glibc
import NIOCore

/// What the whole process is told before it starts its first thread.
package enum ProcessTuning {
    package static func apply() {
        // A peer that went away shows as EPIPE where it is handled, not as a signal that ends the server.
        signal(SIGPIPE, SIG_IGN)
        // One heap for each thread, as glibc does by default, keeps what every thread once needed: memory that is never used again.
        mallopt(M_ARENA_MAX, 2)
        // Buffers of uploads (1 MiB) are used again; mapped afresh, each would cost hundreds of page faults.
        mallopt(M_TRIM_THRESHOLD, 8 << 20)
        mallopt(M_MMAP_THRESHOLD, 4 << 20)
        // Threads that wait for the disk: more of them than processors.
        NIOSingletons.blockingPoolThreadCountSuggestion = 16
        raiseFileLimit()
    }

    /// As many open files as the system allows: every connection and every file being read is one.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
        else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
