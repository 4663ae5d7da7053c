import Crypto

/// Secrets of clients, kept as salted hashes.
///
///     sha256$<salt>$<SHA-256 of salt and secret>, both in hexadecimal
package enum ClientSecret {
    /// Shorter ones could be guessed from their hash.
    package static let leastCount = 16

    package static func hash(_ secret: String) -> String {
        let salt = RandomToken.hexadecimal(RandomToken.bytes(16))
        return "sha256$\(salt)$\(digest(salt, secret))"
    }

    package static func matches(_ secret: String, _ hash: String) -> Bool {
        let parts = hash.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "sha256" else { return false }
        return RandomToken.areEqual(digest(String(parts[1]), secret).utf8, parts[2].utf8)
    }

    private static func digest(_ salt: String, _ secret: String) -> String {
        RandomToken.hexadecimal(SHA256.hash(data: Array((salt + secret).utf8)))
    }
}
