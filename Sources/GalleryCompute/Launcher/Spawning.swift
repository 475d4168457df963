import Foundation
import Glibc

extension LocalLauncher {
    /// Starts a program that leaves a process behind, and waits for the program alone. `Process` would wait until everything
    /// has ended that was started by what it started.
    static func spawn(_ arguments: [String], _ environment: [String: String]) throws {
        let fault = LauncherError.failed("its supervisor did not start")
        var actions = posix_spawn_file_actions_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { throw fault }
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in Int32(0)...2 {
            guard posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0) == 0 else {
                throw fault
            }
        }
        // Nothing of the gallery's own stays open below it; one that is closed already is no fault.
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            guard let descriptor = Int32(name), descriptor > 2 else { continue }
            guard posix_spawn_file_actions_addclose(&actions, descriptor) == 0 else { throw fault }
        }
        var words = arguments.map { strdup($0) } + [nil]
        var values = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + values { free(text) } }
        var process: pid_t = 0
        guard posix_spawn(&process, arguments[0], &actions, nil, &words, &values) == 0 else { throw fault }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { guard errno == EINTR else { throw fault } }
        guard status == 0 else { throw fault }
    }
}
