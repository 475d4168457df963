import CCrypto
package import GalleryModel

/// Random texts that prove something, and how they are compared.
package enum Secret {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    /// `length` letters and digits, evenly drawn.
    package static func alphanumeric(_ length: Int, world: World) -> String {
        String(decoding: draw(length, from: alphabet, world: world), as: UTF8.self)
    }

    /// `length` digits, evenly drawn: for codes that people type.
    package static func digits(_ length: Int, world: World) -> String {
        String(decoding: draw(length, from: Array("0123456789".utf8), world: world), as: UTF8.self)
    }

    /// Evenly drawn characters of `alphabet`, which has at most 256.
    static func draw(_ length: Int, from alphabet: [UInt8], world: World) -> [UInt8] {
        let limit = 256 - 256 % alphabet.count
        var result: [UInt8] = []
        while result.count < length {
            // Bytes past the largest multiple of the alphabet's size would favour its first letters.
            for byte in world.randomBytes(length * 2) where Int(byte) < limit && result.count < length {
                result.append(alphabet[Int(byte) % alphabet.count])
            }
        }
        return result
    }

    /// Compares in a time that depends on the lengths alone.
    package static func equal(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        let left = Array(left)
        let right = Array(right)
        return left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
