import Foundation
package import GalleryDatabase

/// What a flavor can be used for.
package enum ComputeService: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case fineTune = "fine-tune"
    case inference
    case app
}

/// What a run gets: cores, memory and perhaps accelerators.
package struct Flavor: Record, Equatable {
    package let id: String
    package var name: LocalName
    /// As `T4`; empty for none.
    package var accelerator: String
    package var acceleratorCount: Int
    /// Of all of them together.
    package var acceleratorGiB: Int
    package var cores: Int
    package var memoryGiB: Int
    package var services: [ComputeService]
    /// Where it stands in lists.
    package var position: Int
    /// Offered no more; runs that have it go on.
    package var isRetired: Bool

    package init(
        id: String,
        name: LocalName,
        accelerator: String = "",
        acceleratorCount: Int = 0,
        acceleratorGiB: Int = 0,
        cores: Int,
        memoryGiB: Int,
        services: [ComputeService] = ComputeService.allCases,
        position: Int = 0,
        isRetired: Bool = false
    ) {
        self.id = id
        self.name = name
        self.accelerator = accelerator
        self.acceleratorCount = acceleratorCount
        self.acceleratorGiB = acceleratorGiB
        self.cores = cores
        self.memoryGiB = memoryGiB
        self.services = services
        self.position = position
        self.isRetired = isRetired
    }

    package init(row: Row) throws {
        id = try row.get("id")
        name = LocalName(en: try row.get("name_en"), zh: try row.get("name_zh"))
        accelerator = try row.get("accelerator")
        acceleratorCount = try row.get("accelerator_count")
        acceleratorGiB = try row.get("accelerator_gib")
        cores = try row.get("cores")
        memoryGiB = try row.get("memory_gib")
        services = try row.get("services", as: String.self).split(separator: " ")
            .compactMap { ComputeService(rawValue: String($0)) }
        position = try row.get("position")
        isRetired = try row.get("is_retired")
    }

    /// As `1×T4`; nil for none.
    package var acceleratorText: String? { accelerator.isEmpty ? nil : "\(acceleratorCount)×\(accelerator)" }

    /// What is wrong with it as operators wrote it.
    func check() throws(FlavorError) {
        try Self.checkID(id)
        try name.check()
        guard accelerator.isEmpty == (acceleratorCount == 0), accelerator.isEmpty == (acceleratorGiB == 0),
            (0...1024).contains(acceleratorCount), (0...1_000_000).contains(acceleratorGiB),
            accelerator.count <= 30, accelerator.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
        else { throw .badAccelerator }
        guard (1...10_000).contains(cores) else { throw .badNumber(field: "cores") }
        guard (1...1_000_000).contains(memoryGiB) else { throw .badNumber(field: "memoryGiB") }
        guard !services.isEmpty else { throw .noService }
    }

    /// Flavors and regions are named alike.
    static func checkID(_ id: String) throws(FlavorError) {
        let isPlain = id.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
        guard isPlain, (1...40).contains(id.utf8.count), id.first != "-", id.last != "-" else { throw .badID }
    }
}

/// A name in both languages.
package struct LocalName: Sendable, Equatable, Codable {
    package var en: String
    package var zh: String

    package init(en: String, zh: String) { (self.en, self.zh) = (en, zh) }

    func check() throws(FlavorError) {
        for name in [en, zh] {
            let isPlain = !name.contains { $0.isNewline || $0 == "\t" || $0 == "\0" }
            guard isPlain, (1...60).contains(name.count), name.first != " ", name.last != " " else { throw .badName }
        }
    }
}

/// Where flavors are.
package struct Region: Record, Equatable {
    /// The machine that the gallery runs on.
    package static let local = "local"

    package let id: String
    package var name: LocalName

    package init(id: String, name: LocalName) { (self.id, self.name) = (id, name) }

    package init(row: Row) throws {
        id = try row.get("id")
        name = LocalName(en: try row.get("name_en"), zh: try row.get("name_zh"))
    }
}

/// A flavor in a region under a tariff, as people choose it.
package struct FlavorOffer: Sendable, Equatable {
    package var flavor: Flavor
    package var region: Region
    package var tariff: Tariff
    /// Whether operators offer it.
    package var isOpen: Bool
    /// Of an hour; nil where it has none, or is free.
    package var price: Money?
    /// Why it cannot be chosen; nil where it can.
    package var obstacle: Obstacle?

    package var used: UsedFlavor { UsedFlavor(flavor: flavor.id, region: region.id, tariff: tariff) }
}

/// Why a flavor cannot be chosen.
package enum Obstacle: Sendable, Equatable {
    case retired
    /// Operators do not offer it now.
    case closed
    case noPrice
    /// Nothing that could run anything is connected there.
    case noMachine
    case accelerator(needed: String, count: Int)
    case cores(needed: Int, there: Int)
    case memory(neededGiB: Int, thereGiB: Int)

    package var code: String {
        switch self {
        case .retired: "retired"
        case .closed: "closed"
        case .noPrice: "no-price"
        case .noMachine: "no-machine"
        case .accelerator: "accelerator"
        case .cores: "cores"
        case .memory: "memory"
        }
    }
}
