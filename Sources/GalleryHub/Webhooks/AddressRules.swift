import Glibc
import NIOCore

/// Which addresses lie in the open internet.
enum AddressRules {
    /// False for loopback, private, link-local, shared, multicast, documentation and reserved addresses, also where an IPv6
    /// address carries such an IPv4 address.
    static func isPublic(_ address: SocketAddress) -> Bool {
        switch address {
        // Behind family and port, and in IPv6 the flow.
        case .v4(let v4): withUnsafeBytes(of: v4.address) { isPublic(v4: Array($0.dropFirst(4).prefix(4))) }
        case .v6(let v6): withUnsafeBytes(of: v6.address) { isPublic(v6: Array($0.dropFirst(8).prefix(16))) }
        case .unixDomainSocket: false
        }
    }

    private static func isPublic(v4 bytes: [UInt8]) -> Bool {
        guard bytes.count == 4 else { return false }
        return switch (bytes[0], bytes[1], bytes[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (172, 16...31, _), (192, 168, _): false
        case (100, 64...127, _), (192, 0, 0), (192, 0, 2), (198, 18...19, _), (198, 51, 100), (203, 0, 113): false
        case (192, 88, 99), (224...255, _, _): false
        default: true
        }
    }

    private static func isPublic(v6 bytes: [UInt8]) -> Bool {
        guard bytes.count == 16 else { return false }
        // ::ffff:0:0/96, 64:ff9b::/96 and 2002::/16 carry an IPv4 address.
        if bytes.prefix(10).allSatisfy({ $0 == 0 }) {
            return bytes[10] == 0xff && bytes[11] == 0xff && isPublic(v4: Array(bytes.suffix(4)))
        }
        if Array(bytes.prefix(4)) == [0, 0x64, 0xff, 0x9b] { return isPublic(v4: Array(bytes.suffix(4))) }
        if Array(bytes.prefix(2)) == [0x20, 0x02] { return isPublic(v4: Array(bytes[2..<6])) }
        // Only 2000::/3 is given out, and of it not Teredo and documentation.
        guard bytes[0] & 0xe0 == 0x20 else { return false }
        return Array(bytes.prefix(4)) != [0x20, 0x01, 0, 0] && Array(bytes.prefix(4)) != [0x20, 0x01, 0x0d, 0xb8]
    }
}

/// The system's resolver; blocking, so for threads of a pool.
enum NameLookup {
    static func addresses(of host: String) throws -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0 else { throw WebhookFailure.unreachable(String(cString: gai_strerror(code))) }
        var result: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = entry.ai_addr {
                switch entry.ai_family {
                case AF_INET:
                    address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                        result.append(SocketAddress($0.pointee))
                    }
                case AF_INET6:
                    address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                        result.append(SocketAddress($0.pointee))
                    }
                default: break
                }
            }
            next = entry.ai_next
        }
        return result
    }
}
