import JSONTape
package import JWTKit

/// The public keys of a client: a JSON Web Key Set (RFC 7517 §5), of which only those count that SMART Backend Services
/// signs with: RS384 and ES384.
package struct ClientKeySet: Sendable {
    private struct Key {
        var id: String
        /// `RSA` or `EC`.
        var type: String
        var jwk: JWK
    }

    private static let greatestKeyCount = 100
    /// Members of private keys (RFC 7518 §6.2.2, §6.3.2).
    private static let privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

    private let keys: [Key]

    /// Nil for what is no such set, and where a private or symmetric key has slipped in.
    package init?(_ json: [UInt8]) {
        guard let document = try? Document.parse(json), let list = JSONNode(document)["keys"], list.isArray,
            list.count <= Self.greatestKeyCount
        else { return nil }
        var keys: [Key] = []
        for node in list.items {
            guard node.isObject, let type = node["kty"]?.string else { return nil }
            if Self.privateMembers.contains(where: { node[named: $0] != nil }) { return nil }
            guard let id = node["kid"]?.string, !id.isEmpty, Self.serves(node, type),
                let jwk = try? JWK(json: String(decoding: node.source, as: UTF8.self))
            else { continue }
            keys.append(Key(id: id, type: type, jwk: jwk))
        }
        self.keys = keys
    }

    package var isEmpty: Bool { keys.isEmpty }

    /// The keys that an assertion may mean: of this id, and fit for its algorithm.
    package func signers(_ id: String, algorithm: String) async -> [any JWTAlgorithm] {
        let type = algorithm == "RS384" ? "RSA" : "EC"
        var found: [any JWTAlgorithm] = []
        for key in keys where key.id == id && key.type == type {
            var jwk = key.jwk
            jwk.algorithm = JWK.Algorithm(rawValue: algorithm)
            let identifier = JWKIdentifier(string: id)
            // Refuses keys that are too short or no point of the curve.
            let signer = try? await JWTKeyCollection().add(jwk: jwk).getKey(for: identifier, alg: algorithm)
            if let signer { found.append(signer) }
        }
        return found
    }

    private static func serves(_ node: JSONNode, _ type: String) -> Bool {
        guard node["use"]?.string.map({ $0 == "sig" }) ?? true else { return false }
        let algorithm = node["alg"]?.string
        switch type {
        case "RSA": return algorithm.map { $0 == "RS384" } ?? true
        case "EC": return node["crv"]?.string == "P-384" && (algorithm.map { $0 == "ES384" } ?? true)
        default: return false
        }
    }
}
