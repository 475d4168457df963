import Foundation
import GalleryServing
import Testing

@testable import GalleryCompute

struct EnvironmentTests {
    private static func inFolder(
        index: PackageIndex? = PackageIndex(Settings.Packages()),
        _ body: (URL, Environments) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "environments-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let site = folder.appending(path: "workers/lib/python3/site-packages/torch-2.dist-info")
        let programs = folder.appending(path: "workers/bin")
        for path in [site, programs] {
            try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(
            atPath: programs.appending(path: "python").path,
            withDestinationPath: "/bin/sh"
        )
        let workers = Workers(programs: folder, environment: folder.appending(path: "workers"))
        try body(
            folder,
            Environments(root: folder.appending(path: "kept"), workers: workers, index: index, mostBytes: 1000)
        )
    }

    @Test func `an environment is made once for a list and the packages below it`() throws {
        try Self.inFolder { folder, environments in
            let program = RunProgram(command: ["train"], isStrangers: true)
            let first = try environments.program(program, with: ["six==1.16.0"])
            let preparation = try #require(first.preparation)
            let place = try #require(first.environment["GALLERY_ENVIRONMENT"])
            #expect(preparation.fills == place && place.hasPrefix(folder.path))
            #expect(preparation.files == ["requirement.txt": Data("six==1.16.0\n".utf8)])
            #expect(preparation.environment["PIP_INDEX_URL"] == "https://pypi.org/simple")
            #expect(
                preparation.passageEnvironment["GALLERY_PACKAGES_HOSTS"] == "pypi.org:443 files.pythonhosted.org:443"
            )
            #expect(first.command == ["train"] && first.isStrangers)
            let other = try environments.program(program, with: ["six==1.17.0"])
            #expect(other.environment["GALLERY_ENVIRONMENT"] != place)

            try Data().write(to: URL(filePath: place).appending(path: "ready"))
            let ready = try environments.program(program, with: ["six==1.16.0"])
            #expect(ready.preparation == nil && ready.reads == [place])
            let site = folder.appending(path: "workers/lib/python3/site-packages")
            try FileManager.default.moveItem(
                at: site.appending(path: "torch-2.dist-info"),
                to: site.appending(path: "torch-3.dist-info")
            )
            let anew = try environments.program(program, with: ["six==1.16.0"])
            #expect(anew.environment["GALLERY_ENVIRONMENT"] != place && anew.preparation != nil)
        }
    }

    @Test func `what nobody asks for any more is deleted`() throws {
        try Self.inFolder { folder, environments in
            let program = RunProgram(command: ["train"])
            for packages in [["six"], ["five"]] { _ = try environments.program(program, with: packages) }
            let old = folder.appending(path: "kept").appending(path: try environments.name(of: ["five"]))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -1000)],
                ofItemAtPath: old.path
            )
            environments.clear(unusedSince: Date(timeIntervalSinceNow: -500))
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "kept").path)
            #expect(left == [try environments.name(of: ["six"])])
        }
    }

    @Test func `without an index nothing is made, and what is there is used`() throws {
        try Self.inFolder(index: nil) { folder, environments in
            let program = RunProgram(command: ["train"])
            #expect(throws: TrainingError.noPackages) { _ = try environments.program(program, with: ["six"]) }
            let place = folder.appending(path: "kept").appending(path: try environments.name(of: ["six"]))
            try Data().write(to: place.appending(path: "ready"))
            #expect(try environments.program(program, with: ["six"]).preparation == nil)
        }
    }

    @Test func `an index is reached at its host and those beside it`() {
        var settings = Settings.Packages()
        (settings.index, settings.hosts) = ("http://mirror.example:8080/simple", "files.example other.example:8443")
        #expect(
            PackageIndex(settings)?.hosts == ["mirror.example:8080", "files.example:443", "other.example:8443"]
        )
        settings.index = ""
        #expect(PackageIndex(settings) == nil)
    }
}
