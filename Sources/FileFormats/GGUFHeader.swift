/// The head of a GGUF file: facts of the model, then its tensors.
package enum GGUFHeader {
    /// The head holds the vocabulary, so it takes some megabytes.
    package static let maximumBytes = 48 << 20

    package static func isGGUF(_ start: [UInt8]) -> Bool { start.starts(with: "GGUF".utf8) }

    /// Reads the head from the first bytes of the file.
    package static func read(_ start: [UInt8]) throws(TensorFile.Fault) -> TensorFile {
        var reader = Reader(cursor: ByteCursor(start))
        do {
            return try reader.read()
        } catch let fault as TensorFile.Fault {
            throw fault
        } catch {
            throw start.count >= maximumBytes ? .tooLarge : .incomplete(needed: nil)
        }
    }

    private struct Reader {
        var cursor: ByteCursor
        var isLong = true

        mutating func read() throws -> TensorFile {
            guard try cursor.take(4).elementsEqual("GGUF".utf8) else { throw TensorFile.Fault.broken }
            let version: UInt32 = try cursor.integer()
            guard (1...3).contains(version) else { throw TensorFile.Fault.broken }
            isLong = version > 1
            let (tensors, facts) = (try length(), try length())
            guard tensors <= TensorFile.maximumTensors, facts <= 100_000 else { throw TensorFile.Fault.broken }
            var file = TensorFile(tensors: [], facts: [("GGUF", "\(version)")])
            for _ in 0..<facts {
                let name = try text(limit: 1 << 16)
                let value = try value(of: cursor.integer(), depth: 0)
                if file.facts.count < TensorFile.maximumFacts { file.facts.append((name, value)) }
            }
            file.tensors.reserveCapacity(Int(min(tensors, 10_000)))
            for _ in 0..<tensors { file.tensors.append(try tensor()) }
            return file
        }

        private mutating func length() throws -> UInt64 {
            isLong ? try cursor.integer(UInt64.self) : UInt64(try cursor.integer(UInt32.self))
        }

        private mutating func text(limit: UInt64) throws -> String {
            let count = try length()
            guard count <= limit else { throw TensorFile.Fault.broken }
            return String(decoding: try cursor.take(Int(count)), as: UTF8.self)
        }

        private mutating func tensor() throws -> Tensor {
            let name = try text(limit: 1 << 12)
            let dimensions: UInt32 = try cursor.integer()
            guard dimensions <= 8 else { throw TensorFile.Fault.broken }
            var shape: [Int] = []
            for _ in 0..<dimensions {
                guard let side = Int(exactly: try length()) else { throw TensorFile.Fault.broken }
                shape.append(side)
            }
            let type: UInt32 = try cursor.integer()
            try cursor.skip(8)
            // The fastest side comes first in the file; people write it last.
            return Tensor(name: name, type: GGUFHeader.type(type), shape: shape.reversed())
        }

        /// A value as people read it; long lists only by their beginning.
        private mutating func value(of type: UInt32, depth: Int) throws -> String {
            switch type {
            case 0: return "\(try cursor.integer(UInt8.self))"
            case 1: return "\(try cursor.integer(Int8.self))"
            case 2: return "\(try cursor.integer(UInt16.self))"
            case 3: return "\(try cursor.integer(Int16.self))"
            case 4: return "\(try cursor.integer(UInt32.self))"
            case 5: return "\(try cursor.integer(Int32.self))"
            case 6: return "\(Float(bitPattern: try cursor.integer(UInt32.self)))"
            case 7: return try cursor.byte() == 0 ? "false" : "true"
            case 8: return String(try text(limit: 1 << 24).prefix(TensorFile.maximumValue))
            case 9: return try list(depth: depth)
            case 10: return "\(try cursor.integer(UInt64.self))"
            case 11: return "\(try cursor.integer(Int64.self))"
            case 12: return "\(Double(bitPattern: try cursor.integer(UInt64.self)))"
            default: throw TensorFile.Fault.broken
            }
        }

        private mutating func list(depth: Int) throws -> String {
            guard depth < 3 else { throw TensorFile.Fault.broken }
            let type: UInt32 = try cursor.integer()
            let count = try length()
            let shown = min(count, 8)
            var texts: [String] = []
            for _ in 0..<shown { texts.append(String(try value(of: type, depth: depth + 1).prefix(40))) }
            try skip(count - shown, of: type, depth: depth + 1)
            return "[\(texts.joined(separator: ", "))\(count > shown ? ", … \(count)" : "")]"
        }

        private mutating func skip(_ count: UInt64, of type: UInt32, depth: Int) throws {
            let width: UInt64? =
                switch type {
                case 0, 1, 7: 1
                case 2, 3: 2
                case 4, 5, 6: 4
                case 10, 11, 12: 8
                default: nil
                }
            if let width {
                let (bytes, overflows) = count.multipliedReportingOverflow(by: width)
                guard !overflows else { throw TensorFile.Fault.broken }
                return try cursor.skip(bytes)
            }
            // Each takes some bytes, so that the end of the bytes ends this.
            for _ in 0..<count {
                if type == 8 {
                    try cursor.skip(try length())
                } else {
                    _ = try value(of: type, depth: depth)
                }
            }
        }
    }

    private static func type(_ number: UInt32) -> String { types[number] ?? "type \(number)" }

    private static let types: [UInt32: String] = [
        0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K",
        12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
        20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64",
        29: "IQ1_M", 30: "BF16", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
    ]
}
