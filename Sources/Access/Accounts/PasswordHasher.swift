import CArgon2
import Dispatch
import Synchronization

/// Hashes passwords by Argon2id (RFC 9106), on threads of its own: each takes tens of milliseconds and megabytes.
package final class PasswordHasher: Sendable {
    /// What one hash costs.
    package struct Cost: Sendable, Hashable {
        /// Default 19 MiB, in two passes by one lane: the least that OWASP advises where many sign in.
        package var memoryKibibytes: UInt32
        package var passes: UInt32
        package var lanes: UInt32

        package init(memoryKibibytes: UInt32 = 19 * 1024, passes: UInt32 = 2, lanes: UInt32 = 1) {
            self.memoryKibibytes = memoryKibibytes
            self.passes = passes
            self.lanes = lanes
        }
    }

    /// Greatest number of hashes that wait; more are refused, so that a flood cannot pile up.
    private static let greatestWaiting = 256

    private let cost: Cost
    private let queues: [DispatchQueue]
    private let next = Atomic<Int>(0)
    private let waiting = Atomic<Int>(0)

    /// - Parameter threadCount: hashes made at a time.
    package init(cost: Cost = Cost(), threadCount: Int = 2) {
        self.cost = cost
        queues = (0..<max(1, threadCount)).map { DispatchQueue(label: "martlet.passwords.\($0)") }
    }

    /// The hash with its salt and parameters, in the form of PHC strings: `$argon2id$v=19$m=…`.
    package func hash(_ password: String) async throws -> String {
        let cost = cost
        return try await run { try Self.hash(password, cost) }
    }

    /// Whether the password is the one that was hashed; false for a hash that is none.
    package func verify(_ password: String, _ hash: String) async throws -> Bool {
        try await run {
            var password = Array(password.utf8)
            defer { Self.wipe(&password) }
            return argon2id_verify(hash, password, password.count) == ARGON2_OK.rawValue
        }
    }

    /// Takes as long as `verify`, for those who have no account.
    package func pretend(_ password: String) async throws { _ = try await hash(password) }

    /// Whether a hash was made at another cost than is asked for today.
    package func isOutdated(_ hash: String) -> Bool {
        !hash.hasPrefix("$argon2id$v=19$m=\(cost.memoryKibibytes),t=\(cost.passes),p=\(cost.lanes)$")
    }

    private func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= Self.greatestWaiting else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            throw AccountError(.overloaded, "too many passwords are being checked", retryAfterSeconds: 5)
        }
        defer { waiting.wrappingSubtract(1, ordering: .relaxed) }
        let queue = queues[(next.wrappingAdd(1, ordering: .relaxed).newValue & Int.max) % queues.count]
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: .init(catching: work)) }
        }
    }

    private static func hash(_ password: String, _ cost: Cost) throws -> String {
        var password = Array(password.utf8)
        defer { Self.wipe(&password) }
        let salt = RandomToken.bytes(16)
        let count = argon2_encodedlen(
            cost.passes, cost.memoryKibibytes, cost.lanes, UInt32(salt.count), 32, Argon2_id)
        var text = [CChar](repeating: 0, count: Int(count))
        let status = argon2id_hash_encoded(
            cost.passes, cost.memoryKibibytes, cost.lanes, password, password.count, salt, salt.count, 32, &text,
            text.count)
        guard status == ARGON2_OK.rawValue else {
            throw AccountError(.overloaded, "a password could not be hashed", retryAfterSeconds: 5)
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Leaves no copy of a password behind in memory that is given back.
    private static func wipe(_ bytes: inout [UInt8]) {
        for index in bytes.indices { bytes[index] = 0 }
    }
}
