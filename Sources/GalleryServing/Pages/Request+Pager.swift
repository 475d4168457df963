import Foundation
package import Hummingbird

extension Request {
    /// The way to the first and the next page of a list by cursor.
    package func pager(next: String?, isFirst: Bool) throws -> Pager {
        Pager(
            first: isFirst ? nil : try address(replacing: ["cursor": ""]),
            next: try next.map { try address(replacing: ["cursor": $0]) }
        )
    }

    /// This address with some parameters replaced; empty ones are left out.
    package func address(replacing changes: [String: String]) throws -> String {
        let kept = try query().items.filter { changes[$0.name] == nil && !$0.value.isEmpty }
        let all = kept + changes.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }.map { ($0.key, $0.value) }
        guard !all.isEmpty else { return uri.path }
        let text = all.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }
        return uri.path + "?" + text.joined(separator: "&")
    }
}
