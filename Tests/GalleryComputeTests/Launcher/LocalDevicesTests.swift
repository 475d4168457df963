import Foundation
import Testing

@testable import GalleryCompute

struct LocalDevicesTests {
    private static let two = [
        LocalDevices.Accelerator(name: "NVIDIA H100 80GB HBM3", uuid: "GPU-a", minor: 0),
        LocalDevices.Accelerator(name: "Tesla T4", uuid: "GPU-b", minor: 3),
    ]

    private static func inFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "devices-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    @Test func `what the driver tells is read`() async throws {
        try await Self.inFolder { folder in
            let gpu = folder.appending(path: "0000:00:1e.0")
            try FileManager.default.createDirectory(at: gpu, withIntermediateDirectories: true)
            let text =
                "Model: \t\t Tesla T4\nIRQ:   \t\t 44\nGPU UUID: \t GPU-b\nDevice Minor: \t 3\nGPU Excluded:\t No\n"
            try Data(text.utf8).write(to: gpu.appending(path: "information"))
            #expect(LocalDevices.probe(folder.path) == [Self.two[1]])
            #expect(LocalDevices.probe(folder.path + "/none").isEmpty)
        }
    }

    @Test func `an accelerator is given to one run, and again once that has ended`() async throws {
        try await Self.inFolder { folder in
            let devices = LocalDevices(folder: folder, accelerators: Self.two)
            let (one, other) = (LaunchName(run: "one", attempt: 1), LaunchName(run: "other", attempt: 1))
            let granted = try await devices.take(1, of: "T4", for: one) { _ in true }
            #expect(granted.visible == "GPU-b" && granted.devices.contains("/dev/nvidia3"))
            #expect(!granted.devices.contains("/dev/nvidia0") && granted.devices.contains("/dev/nvidiactl"))
            // The same once more, after a restart in between.
            #expect(try await devices.take(1, of: "t4", for: one) { _ in true } == granted)
            await #expect(throws: LauncherError.self) {
                _ = try await devices.take(1, of: "T4", for: other) { _ in true }
            }
            #expect(try await devices.take(1, of: "T4", for: other) { _ in false }.visible == "GPU-b")
            devices.giveBack(other)
            #expect(try await devices.take(2, of: "", for: one) { _ in true }.visible == "GPU-a,GPU-b")
            await #expect(throws: LauncherError.self) {
                _ = try await devices.take(1, of: "A100", for: other) { _ in true }
            }
            #expect(try await devices.take(0, of: "", for: other) { _ in true } == LocalDevices.Granted())
        }
    }

    @Test func `a worker sees the accelerators that it was given`() async throws {
        try await Self.inFolder { folder in
            let launcher = try LocalLauncher(
                root: folder,
                graceSeconds: 1,
                sandbox: .probe(),
                groups: .probe(),
                accelerators: Self.two
            )
            let name = LaunchName(run: "seeing", attempt: 1)
            var launch = LauncherContract.launch("echo \"[$CUDA_VISIBLE_DEVICES]\"", name)
            (launch.accelerators, launch.accelerator) = (1, "H100")
            try await launcher.start(launch)
            #expect(try await LauncherContract { launcher }.cause(of: name, in: launcher) == .exit(0))
            #expect(try await launcher.output(of: name, last: 100) == "[GPU-a]\n")
        }
    }
}
