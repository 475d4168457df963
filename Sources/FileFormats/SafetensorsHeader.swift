import Foundation

/// The head of a safetensors file: eight bytes of length, then JSON.
package enum SafetensorsHeader {
    package static let maximumBytes = 16 << 20

    /// How many bytes of the file the head takes, told by its first eight.
    package static func length(_ start: [UInt8], ofFileWith size: Int) throws(TensorFile.Fault) -> Int {
        var cursor = ByteCursor(start)
        guard let length = try? cursor.integer(UInt64.self) else { throw .incomplete(needed: 8) }
        guard length >= 2, length <= UInt64(max(0, size - 8)) else { throw .broken }
        guard length <= UInt64(maximumBytes) else { throw .tooLarge }
        return Int(length) + 8
    }

    /// Reads the whole head. Places that reach behind the file make it broken.
    package static func read(_ head: [UInt8], ofFileWith size: Int) throws(TensorFile.Fault) -> TensorFile {
        let length = try length(head, ofFileWith: size)
        guard head.count >= length else { throw .incomplete(needed: length) }
        let json = Array(head[8..<length])
        guard json.first == UInt8(ascii: "{"), JSONDepth.isShallow(json, limit: 4),
            let entries = try? JSONDecoder().decode([String: Entry].self, from: Data(json)),
            entries.count <= TensorFile.maximumTensors
        else { throw .broken }
        var file = TensorFile(tensors: [], facts: [])
        var tensors: [(start: Int, tensor: Tensor)] = []
        for (name, entry) in entries {
            switch entry {
            case .metadata(let facts):
                file.facts = facts.sorted { $0.key < $1.key }.prefix(TensorFile.maximumFacts)
                    .map { ($0.key, String($0.value.prefix(TensorFile.maximumValue))) }
            case .tensor(let type, let shape, let start, let end):
                guard start >= 0, end >= start, end <= size - length, shape.count <= 16, shape.allSatisfy({ $0 >= 0 }),
                    type.utf8.count <= 16
                else { throw .broken }
                tensors.append((start, Tensor(name: name, type: type, shape: shape)))
            }
        }
        file.tensors = tensors.sorted { ($0.start, $0.tensor.name) < ($1.start, $1.tensor.name) }.map(\.tensor)
        return file
    }

    private enum Entry: Decodable {
        case metadata([String: String])
        case tensor(type: String, shape: [Int], start: Int, end: Int)

        private enum Key: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }

        init(from decoder: any Decoder) throws {
            guard decoder.codingPath.last?.stringValue != "__metadata__" else {
                self = .metadata(try decoder.singleValueContainer().decode([String: String].self))
                return
            }
            let container = try decoder.container(keyedBy: Key.self)
            let offsets = try container.decode([Int].self, forKey: .offsets)
            guard offsets.count == 2 else {
                throw DecodingError.dataCorruptedError(forKey: .offsets, in: container, debugDescription: "two offsets")
            }
            self = .tensor(
                type: try container.decode(String.self, forKey: .dtype),
                shape: try container.decode([Int].self, forKey: .shape),
                start: offsets[0],
                end: offsets[1]
            )
        }
    }
}

/// Looks at JSON before a decoder does.
enum JSONDepth {
    static func isShallow(_ json: some Sequence<UInt8>, limit: Int) -> Bool {
        var depth = 0
        var isText = false
        var isEscaped = false
        for byte in json {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isText = true
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
                if depth > limit { return false }
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                depth -= 1
            }
        }
        return true
    }
}
