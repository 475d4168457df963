import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import GitObjects

/// The way of a new asset from its creation to the public, for those who bring it: `templates/assets/journey.mustache`.
package struct AssetJourney: Sendable {
    struct Step: Sendable {
        let text: String
        /// Where it is done; nil where one is.
        let path: String?
        let isDone: Bool
        let isHere: Bool
    }

    let steps: [Step]
    /// The first that is not done, but for the page where one is.
    let next: Step?
    let hasNext: Bool

    /// The steps before there is an asset.
    init(beginning context: GalleryContext) {
        let texts = Self.texts(context)
        steps = texts.enumerated().map { Step(text: $0.element, path: nil, isDone: false, isHere: $0.offset == 0) }
        next = nil
        hasNext = false
    }

    /// Nil once all is done.
    init?(_ asset: Asset, hasFiles: Bool, isIntroduced: Bool, at here: String, _ context: GalleryContext) {
        let isSent = ![.draft, .rejected].contains(asset.repository.listing)
        let done = [true, hasFiles, isIntroduced, isSent]
        guard done.contains(false) else { return nil }
        let mayPublish = asset.may(.administer)
        let paths = [
            nil, "\(asset.path)/upload/main", "\(asset.path)/introduction", mayPublish ? "\(asset.path)/publish" : nil,
        ]
        steps = zip(Self.texts(context), zip(done, paths)).map { text, step in
            let isHere = step.1.map { here == $0 || here.hasPrefix($0 + "/") } ?? false
            return Step(text: text, path: isHere ? nil : step.1, isDone: step.0, isHere: isHere)
        }
        let first = steps.first { !$0.isDone }
        next = first.flatMap { $0.path == nil ? nil : $0 }
        hasNext = next != nil
    }

    private static func texts(_ context: GalleryContext) -> [String] {
        [
            context.say("asset.journey.create"), context.say("asset.journey.upload"),
            context.say("asset.journey.introduce"), context.say("asset.journey.publish"),
        ]
    }
}

extension AssetPages {
    /// Shown to those who may write, on the pages of the way itself.
    func journey(
        of asset: Asset,
        _ tab: AssetTab,
        at here: String,
        _ context: GalleryContext
    ) async throws
        -> AssetJourney?
    {
        guard [.introduction, .files].contains(tab), asset.may(.write) else { return nil }
        return AssetJourney(
            asset,
            hasFiles: try await assets.hasFiles(asset, by: context.viewer),
            isIntroduced: try await assets.isIntroduced(asset, by: context.viewer),
            at: here,
            context
        )
    }
}

extension Assets {
    /// Whether there is more than what repositories begin with and the introduction.
    func hasFiles(_ asset: Asset, by viewer: Viewer) async throws -> Bool {
        let page = try await unlessMissing {
            try await files.tree(revision: "main", of: asset.id, limit: 4, by: viewer)
        }
        return !(page?.entries ?? []).allSatisfy {
            [".gitattributes", ".gitignore", Self.readme].contains($0.path.text)
        }
    }

    /// Whether the introduction says more than the heading and description that a new asset begins with.
    func isIntroduced(_ asset: Asset, by viewer: Viewer) async throws -> Bool {
        guard let text = try await readme(of: asset, by: viewer) else { return false }
        return ReadmeText(text).body.split(separator: "\n").contains { line in
            let line = line.trimmingCharacters(in: .whitespaces)
            return !line.isEmpty && !line.hasPrefix("#") && line != asset.repository.description
        }
    }
}
