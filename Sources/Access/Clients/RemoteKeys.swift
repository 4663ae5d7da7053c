package import Carriers
import Synchronization

/// Keys that clients publish at an address of their own, kept for as long as they allow (SMART Backend Services,
/// "Registering a client").
package final class RemoteKeys: Sendable {
    private struct Entry {
        var keys: ClientKeySet
        var fetched: ContinuousClock.Instant
        var lifetime: Duration
    }

    private struct State {
        /// By address.
        var entries: [String: Entry] = [:]
        var fetches: [String: Task<ClientKeySet, any Error>] = [:]
    }

    /// Kept so long where the server does not say.
    private static let usualAgeSeconds = 300
    private static let greatestAgeSeconds = 3600
    /// An unknown key or a wrong signature makes us look again, but not more often than this.
    private static let pause: Duration = .seconds(10)
    private static let greatestEntryCount = 1000

    private let document: HTTPDocument
    private let state = Mutex(State())

    package init(document: HTTPDocument) {
        self.document = document
    }

    /// Whether keys may be fetched from an address: https, or http on this machine; strangers may not name hosts within
    /// the house, which is looked at again with the address that the name leads to.
    package static func isAllowed(_ url: String, onlyPublicHosts: Bool) -> Bool {
        guard let parts = URLParts(url), let host = parts.host, !host.isEmpty, parts.user == nil,
            parts.password == nil, !url.contains("#")
        else { return false }
        if onlyPublicHosts { return parts.scheme == "https" && !NetworkHost.isLoopback(host) }
        return parts.scheme == "https" || parts.scheme == "http" && NetworkHost.isLoopback(host)
    }

    /// The keys at an address.
    ///
    /// - Parameter afresh: what is known did not do; asks again unless that was done just before, then nil.
    package func keys(at url: String, onlyPublicHosts: Bool, afresh: Bool = false) async throws -> ClientKeySet? {
        let known = state.withLock { $0.entries[url] }
        if let known {
            let age = known.fetched.duration(to: .now)
            if afresh { if age < Self.pause { return nil } } else if age < known.lifetime { return known.keys }
        }
        let fetch = state.withLock { state in
            if let running = state.fetches[url] { return running }
            // Awaited by all who want these keys.
            let task = Task { try await self.fetch(url, onlyPublicHosts: onlyPublicHosts) }
            state.fetches[url] = task
            return task
        }
        return try await fetch.value
    }

    private func fetch(_ url: String, onlyPublicHosts: Bool) async throws -> ClientKeySet {
        defer { state.withLock { $0.fetches[url] = nil } }
        let start = ContinuousClock.now
        let content = try await document.fetch(url, hosts: onlyPublicHosts ? .publicOnly : .everywhere)
        guard let keys = ClientKeySet(content.body) else {
            throw CarrierError(.refused, "the document holds no keys")
        }
        let age = min(content.maxAgeSeconds ?? Self.usualAgeSeconds, Self.greatestAgeSeconds)
        state.withLock { state in
            if state.entries.count >= Self.greatestEntryCount { state.entries.removeAll() }
            state.entries[url] = Entry(keys: keys, fetched: start, lifetime: .seconds(age))
        }
        return keys
    }
}
