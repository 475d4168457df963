import Foundation
import GalleryHub

/// What the folder `gallery_train` of a custom model says, and all that is wrong with it. Workers read it by the same rules:
/// `Python/workers/tests/custom_cases.json` holds what both agree on.
package struct TrainingFolder: Sendable, Equatable {
    package static let name = "gallery_train"
    static let script = "train.py"
    static let parameters = "train_params.json"
    static let dataReadme = "dataset_readme.md"
    static let requirements = "requirement.txt"
    /// The files that are looked into, and how large each may be.
    static let files: KeyValuePairs<String, Int> = [
        script: 1 << 20, parameters: 256 << 10, dataReadme: 1 << 20, requirements: 64 << 10,
    ]

    package internal(set) var faults: [TrainingFault] = []
    /// Whole only where nothing is wrong.
    package internal(set) var methods: [CustomMethod] = []
    /// What the data must be like, in Markdown.
    package internal(set) var dataText = ""
    /// The packages that it asks for, one a line; nil where it has no such list.
    package internal(set) var packages: [String]?

    package var isValid: Bool { faults.isEmpty }
    /// Whether the model brings no training of its own at all.
    package var isAbsent: Bool { faults.map(\.rule) == [.noFolder] }

    /// `paths` are those of the repository in or beneath folders of that name; `texts` the bytes of the files that are looked
    /// into, by name, cut behind what is too large.
    init(paths: [String], texts: [String: [UInt8]]) {
        guard paths.contains(where: { $0.hasPrefix("\(Self.name)/") }) else {
            let nested = paths.compactMap { path in
                path.range(of: "/\(Self.name)/").map { String(path[..<$0.upperBound].dropLast()) }
            }
            faults = [nested.min().map { TrainingFault(.nestedFolder, $0) } ?? TrainingFault(.noFolder, Self.name)]
            return
        }
        for (name, limit) in Self.files {
            let path = "\(Self.name)/\(name)"
            guard let bytes = texts[name] else {
                if name != Self.requirements { faults.append(TrainingFault(.missingFile, path)) }
                continue
            }
            guard bytes.count <= limit else {
                faults.append(TrainingFault(.tooLarge, path, value: "\(limit >> 10) KiB"))
                continue
            }
            read(name, path, bytes)
        }
        if !isValid { methods = [] }
    }

    private mutating func read(_ name: String, _ path: String, _ bytes: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard !bytes.allSatisfy({ [9, 10, 11, 12, 13, 32].contains($0) }) else {
            faults.append(TrainingFault(.emptyFile, path))
            return
        }
        guard let text = String(validating: bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
        else {
            faults.append(TrainingFault(.notText, path))
            return
        }
        switch name {
        case Self.parameters:
            var reading = CustomParameters(path)
            reading.read(text)
            faults += reading.faults
            methods = reading.methods
        case Self.requirements:
            faults += Self.faults(inRequirements: text, path)
            packages = text.split(whereSeparator: \.isNewline).map(Self.package).filter { !$0.isEmpty }
        case Self.dataReadme: dataText = text
        // Whether Python can read the script is found out where Python is.
        default: break
        }
    }

    // MARK: requirement.txt

    private static let mostRequirements = 200

    private static func faults(inRequirements text: String, _ path: String) -> [TrainingFault] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count <= mostRequirements else {
            return [TrainingFault(.tooMany, path, value: String(mostRequirements))]
        }
        return lines.enumerated().compactMap { number, line in
            isRequirement(line)
                ? nil : TrainingFault(.badRequirement, path, "line \(number + 1)", value: String(line.prefix(80)))
        }
    }

    /// A line without its comment.
    private static func package(_ line: Substring) -> String {
        line.replacing(/(^|\s)#.*/, with: "").trimmingCharacters(in: .whitespaces)
    }

    /// A package's name with its versions, or nothing: no addresses, paths and options.
    private static func isRequirement(_ line: Substring) -> Bool {
        let wanted = package(line)
        guard !wanted.isEmpty else { return true }
        guard wanted.utf8.count <= 1000, wanted.allSatisfy(\.isASCII) else { return false }
        let parts = wanted.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let version = /(===?|~=|!=|<=?|>=?)\s*[A-Za-z0-9][A-Za-z0-9._+!*\-]*/
        let name = /[A-Za-z0-9]([A-Za-z0-9._\-]*[A-Za-z0-9])?\s*(\[[A-Za-z0-9._, \-]*\])?/
        let package = parts[0].trimmingCharacters(in: .whitespaces)
        guard let start = package.prefixMatch(of: name) else { return false }
        let versions = package[start.range.upperBound...].trimmingCharacters(in: .whitespaces)
        if !versions.isEmpty {
            let wellFormed = versions.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { each in
                each.trimmingCharacters(in: .whitespaces).wholeMatch(of: version) != nil
            }
            guard wellFormed else { return false }
        }
        guard parts.count == 2 else { return true }
        let mark = /[a-z_]+\s*(===?|~=|!=|<=?|>=?|in|not in)\s*("[^"]*"|'[^']*')(\s+(and|or)\s+)?/
        var rest = parts[1].trimmingCharacters(in: .whitespaces)[...]
        guard !rest.isEmpty else { return false }
        while let match = rest.prefixMatch(of: mark), !match.range.isEmpty {
            rest = rest[match.range.upperBound...]
            if rest.isEmpty { return match.output.3 == nil }
            if match.output.3 == nil { return false }
        }
        return false
    }
}

/// One thing that is wrong with a `gallery_train` folder.
package struct TrainingFault: Sendable, Equatable {
    /// The names are kept in the catalogue's keys `custom.rule.<name>`.
    package enum Rule: String, Sendable, Codable, CaseIterable {
        case noFolder = "no-folder"
        case nestedFolder = "nested-folder"
        case missingFile = "missing-file"
        case emptyFile = "empty-file"
        case tooLarge = "too-large"
        case notText = "not-text"
        case notJSON = "not-json"
        case missing
        case wrongType = "wrong-type"
        case emptyList = "empty-list"
        case tooMany = "too-many"
        case badName = "bad-name"
        case duplicateName = "duplicate-name"
        case badType = "bad-type"
        case badDefault = "bad-default"
        case helpTooLong = "help-too-long"
        case badRequirement = "bad-requirement"
    }

    package var rule: Rule
    package var file: String
    /// Where in it: `training_methods[0].name`, `line 3`; empty for the whole file.
    package var place: String
    /// What stands there, or the limit; empty where there is nothing to say.
    package var value: String

    init(_ rule: Rule, _ file: String, _ place: String = "", value: String = "") {
        (self.rule, self.file, self.place, self.value) = (rule, file, place, value)
    }
}
