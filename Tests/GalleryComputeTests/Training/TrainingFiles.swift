import Foundation

@testable import GalleryCompute

/// The workers' programs beside these tests.
enum TrainingFiles {
    static let programs = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../../Python/workers"
    )
    .standardizedFileURL

    static func lora() throws -> TrainingMethod { try TrainingMethod.lora(in: programs) }
}
