import Foundation

/// Why the pages cannot be shown; for the operator, who reads it when the server starts.
package enum WebError: Error, CustomStringConvertible {
    case missing([String])
    case unreadable(String, String)
    case template(String, String)

    package var description: String {
        switch self {
        case .missing(let places):
            "The folder with the pages was not found (\(places.joined(separator: ", "))). Name it with web.root."
        case .unreadable(let file, let reason): "Web: \(file) cannot be read: \(reason)"
        case .template(let name, let reason): "Web: the template \(name) cannot be used: \(reason)"
        }
    }

    /// All files below a folder whose name ends so, in a fixed order; nothing where there is no folder.
    static func files(in folder: URL, suffix: String? = nil) throws -> [URL] {
        let keys: [URLResourceKey] = [.isRegularFileKey]
        guard let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: keys) else { return [] }
        return walk.compactMap { $0 as? URL }
            .filter { suffix.map($0.pathExtension.isEqual) ?? !$0.hasDirectoryPath }
            .filter { !$0.lastPathComponent.hasPrefix(".") }
            .sorted { $0.path < $1.path }
    }
}
