import TransportSecurity

/// From which address a request comes, also behind proxies.
struct ClientAddress: Sendable {
    /// Proxies that are believed when they say for whom they ask.
    let trusted: [AddressRange]

    /// The last address in `X-Forwarded-For` that no trusted proxy has: what stands before it, anybody could have
    /// written. The header of others than trusted proxies is not looked at.
    ///
    /// - Parameters:
    ///   - peer: the other end of the connection.
    ///   - forwarded: `X-Forwarded-For`, all fields in one.
    func of(peer: String?, forwarded: String?) -> String? {
        guard let peer, let forwarded, isTrusted(peer) else { return peer }
        var address = peer
        for part in forwarded.split(separator: ",").reversed() {
            let text = Self.withoutPort(String(part.trimmed))
            guard AddressRange(text) != nil, !text.contains("/") else { break }
            address = text
            guard isTrusted(text) else { break }
        }
        return address
    }

    private func isTrusted(_ address: String) -> Bool { trusted.contains { $0.contains(address) } }

    /// Some proxies write `192.0.2.1:5000` or `[2001:db8::1]:5000`.
    private static func withoutPort(_ text: String) -> String {
        if text.hasPrefix("[") { return String(text.dropFirst().prefix { $0 != "]" }) }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : text
    }
}
