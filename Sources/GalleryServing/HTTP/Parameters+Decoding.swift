import Foundation
import GalleryModel
package import Hummingbird

extension Parameters {
    /// One path segment, percent-decoded once, so that `refs%2Fpr%2F1` is the revision `refs/pr/1`.
    package func segment(_ name: String) throws -> String {
        guard let raw = get(name), let text = raw.removingPercentEncoding, !text.utf8.contains(0) else {
            throw Problem.invalid("address-malformed", "The address is not valid percent-encoded UTF-8.")
        }
        return text
    }

    /// What `**` matched, percent-decoded once; empty when nothing was left. A client may send `data%2Fx` or `data/x`.
    package func remainder() throws -> String {
        guard let text = getCatchAll().joined(separator: "/").removingPercentEncoding, !text.utf8.contains(0) else {
            throw Problem.invalid("address-malformed", "The address is not valid percent-encoded UTF-8.")
        }
        return text
    }
}
