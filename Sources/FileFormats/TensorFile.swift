/// One tensor of a file of weights.
package struct Tensor: Sendable, Equatable {
    package var name: String
    /// As the format writes it: `BF16`, `Q4_K`.
    package var type: String
    package var shape: [Int]

    /// Numbers in it; nil where there are more than can be.
    package var parameters: Int? {
        shape.reduce(1 as Int?) { product, side in
            guard let product else { return nil }
            let (result, overflows) = product.multipliedReportingOverflow(by: side)
            return overflows ? nil : result
        }
    }
}

/// What the head of a file of weights says.
package struct TensorFile: Sendable, Equatable {
    /// Why a head cannot be read; `message` tells the reader.
    package enum Fault: Error, Sendable, Equatable {
        /// It goes on behind the bytes at hand; at least so many are needed, where that is known.
        case incomplete(needed: Int?)
        case tooLarge
        case broken
    }

    package var tensors: [Tensor]
    /// What is said of the file as a whole, in the order of the file where it has one.
    package var facts: [(name: String, value: String)]

    package static func == (left: TensorFile, right: TensorFile) -> Bool {
        left.tensors == right.tensors && left.facts.elementsEqual(right.facts) { $0 == $1 }
    }

    /// Of all tensors; nil where the sum is beyond reason.
    package var parameters: Int? {
        tensors.reduce(0 as Int?) { sum, tensor in
            guard let sum, let more = tensor.parameters else { return nil }
            let (result, overflows) = sum.addingReportingOverflow(more)
            return overflows ? nil : result
        }
    }

    /// Parameters by type, most first.
    package var types: [(type: String, parameters: Int)] {
        var sums: [String: Int] = [:]
        for tensor in tensors {
            let (sum, overflows) = sums[tensor.type, default: 0].addingReportingOverflow(tensor.parameters ?? 0)
            sums[tensor.type] = overflows ? Int.max : sum
        }
        return sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    static let maximumTensors = 200_000
    static let maximumFacts = 500
    static let maximumValue = 300
}
