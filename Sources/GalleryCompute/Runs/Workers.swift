package import Foundation

/// What the gallery's own workers run in: the programs in `Python/workers`, and the environment with what they import.
package struct Workers: Sendable {
    /// The folder of the package `gallery_workers`.
    package let programs: URL
    /// The Python environment, as `scripts/setup-workers` makes it.
    package let environment: URL

    package init(programs: URL, environment: URL) {
        (self.programs, self.environment) = (programs, environment.resolvingSymlinksInPath())
    }

    private var python: URL { environment.appending(path: "bin/python") }

    /// Whether it is installed.
    package var areInstalled: Bool { FileManager.default.isExecutableFile(atPath: python.path) }

    /// Its packages with their versions, and its interpreter: what is built above it depends on these.
    package func packages() throws -> [String] {
        guard areInstalled else { throw RunError.noWorkers(environment.path) }
        let libraries = environment.appending(path: "lib")
        let pythons = try FileManager.default.contentsOfDirectory(atPath: libraries.path).filter {
            $0.hasPrefix("python")
        }
        return try pythons.sorted().flatMap { name in
            let site = libraries.appending(path: name).appending(path: "site-packages")
            let found = try FileManager.default.contentsOfDirectory(atPath: site.path)
            return [python.resolvingSymlinksInPath().path, name] + found.filter { $0.hasSuffix(".dist-info") }.sorted()
        }
    }

    /// The program `python -m gallery_workers.MODULE`.
    package func program(_ module: String) throws -> RunProgram {
        guard areInstalled else { throw RunError.noWorkers(environment.path) }
        return RunProgram(
            command: [python.path, "-m", "gallery_workers.\(module)"],
            environment: [
                "PYTHONPATH": programs.path, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1",
                "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_XET": "1",
            ],
            reads: [environment.path, programs.path] + interpreter
        )
    }

    /// Where the interpreter itself is installed, unless that is with the system's programs.
    private var interpreter: [String] {
        let prefix = python.resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent().path
        return ["/usr", "/bin", "/opt"].contains { prefix == $0 || prefix.hasPrefix("\($0)/") } ? [] : [prefix]
    }
}
