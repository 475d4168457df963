private import CCrypto

/// A running hash over libcrypto, which uses the processor's SHA instructions.
///
/// Not Sendable: one owner feeds it.
package final class Hasher<Value: HashValue> {
    private let context: OpaquePointer

    fileprivate init(_ algorithm: OpaquePointer?) {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, algorithm, nil) == 1 else {
            preconditionFailure("libcrypto cannot start a digest")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    package func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    package func update(_ bytes: some Sequence<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if done == nil { Array(bytes).withUnsafeBytes { update($0) } }
    }

    /// The hash of everything fed so far; feed no more afterwards.
    package func finalize() -> Value {
        var bytes = [UInt8](repeating: 0, count: Value.byteCount)
        EVP_DigestFinal_ex(context, &bytes, nil)
        guard let value = Value(bytes: bytes) else { preconditionFailure("digest length") }
        return value
    }
}

extension Hasher where Value == SHA256Digest {
    package convenience init() { self.init(EVP_sha256()) }
}

extension Hasher where Value == GitOID {
    package convenience init() { self.init(EVP_sha1()) }
}

extension SHA256Digest {
    package static func of(_ bytes: some Sequence<UInt8>) -> SHA256Digest {
        let hasher = Hasher<SHA256Digest>()
        hasher.update(bytes)
        return hasher.finalize()
    }
}

/// Keyed hashes for signatures of links, webhooks and requests.
package enum HMAC {
    /// HMAC-SHA256, RFC 2104.
    package static func sha256(_ message: some Sequence<UInt8>, key: some Sequence<UInt8>) -> SHA256Digest {
        let key = Array(key)
        let message = Array(message)
        var result = [UInt8](repeating: 0, count: SHA256Digest.byteCount)
        CCrypto.HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &result, nil)
        guard let digest = SHA256Digest(bytes: result) else { preconditionFailure("digest length") }
        return digest
    }
}
