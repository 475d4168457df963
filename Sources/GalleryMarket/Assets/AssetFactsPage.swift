import Foundation
import GalleryHub
import GalleryModel
import GalleryServing

/// The table of facts beside an introduction.
enum AssetFacts {
    struct Row: Sendable {
        let name: String
        let value: String?
        /// Instead of a value.
        let moment: Moment?
    }

    static func rows(of asset: Asset, now: Date, _ context: GalleryContext) -> [Row] {
        let settings = AssetSettings(card: asset.card, kind: asset.kind)
        let formats = context.formats
        var rows: [Row] = []
        func add(_ key: String, _ value: String) {
            if !value.isEmpty { rows.append(Row(name: context.say(key), value: value, moment: nil)) }
        }
        add("asset.fact.licence", settings.licence)
        add("asset.fact.task", taskNames(settings.task, asset, context))
        add("asset.fact.framework", asset.repository.libraryName ?? settings.framework)
        if let parameters = asset.parameters { add("asset.fact.parameters", formats.count(parameters)) }
        add("asset.fact.languages", settings.languages.prefix(12).joined(separator: ", "))
        add("asset.fact.hardware", settings.hardware.joined(separator: ", "))
        add("asset.fact.flavor", settings.minimumFlavor)
        var distributed: [String] = []
        if settings.isTrainedDistributed { distributed.append(context.say("asset.fact.training")) }
        if settings.isServedDistributed { distributed.append(context.say("asset.fact.inference")) }
        add("asset.fact.distributed", distributed.joined(separator: ", "))
        add("asset.fact.size", formats.bytes(asset.repository.usedBytes))
        add("asset.fact.downloads", formats.number(asset.repository.downloadsAllTime))
        rows.append(
            Row(
                name: context.say("asset.fact.updated"),
                value: nil,
                moment: formats.moment(asset.repository.updatedAt, now: now)
            )
        )
        rows.append(
            Row(
                name: context.say("asset.fact.created"),
                value: nil,
                moment: formats.moment(asset.repository.createdAt, now: now)
            )
        )
        return rows
    }

    /// Tags that no other fact says.
    static func tags(of asset: Asset) -> [String] {
        let settings = AssetSettings(card: asset.card, kind: asset.kind)
        let said = Set(settings.languages + [settings.task, settings.framework, asset.repository.libraryName ?? ""])
        return asset.tags.filter { tag in
            !said.contains(tag)
                && !["region:", "license:", "language:", "hardware:", "minimum_flavor:", "task_categories:"]
                    .contains(where: tag.hasPrefix)
        }.prefix(24).map(\.self)
    }

    private static func taskNames(_ task: String, _ asset: Asset, _ context: GalleryContext) -> String {
        task.isEmpty ? asset.repository.pipelineTag ?? "" : task
    }
}
