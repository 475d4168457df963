/// How a browser shall treat a file and what it is called, by RFC 6266.
package struct ContentDisposition: Sendable, Equatable {
    package enum Way: String, Sendable {
        case inline, attachment
    }

    package var way: Way
    /// The last part of a path; any text.
    package var fileName: String

    package init(_ way: Way, fileName: String) {
        self.way = way
        self.fileName = fileName
    }

    /// Plain first, since hub clients look for `filename="…";`, then exact in UTF-8.
    package var header: String {
        let plain = String(
            fileName.unicodeScalars.map { (" "..."~").contains($0) && $0 != "\"" && $0 != "\\" ? Character($0) : "_" }
        )
        return "\(way.rawValue); filename=\"\(plain)\"; filename*=UTF-8''\(PercentEncoding.encode(fileName))"
    }
}
