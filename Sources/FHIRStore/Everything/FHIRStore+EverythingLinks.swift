import FHIRSearch

/// What the page links of `$everything` carry: signed, as those of searches are (see `LinkSigner`).
extension FHIRStore {
    private static let everythingPurpose: StaticString = "everything"

    /// The text that leads to the page behind `position`.
    ///
    /// - Parameter call: the address of the operation and what else it was asked for, so that a link is good for one
    ///   result only.
    package func link(to position: EverythingPosition, call: String) async throws -> String {
        let fields = [Self.fingerprint(call)] + position.fields
        return try await translating {
            try await links.sign(Array(fields.joined(separator: "/").utf8), purpose: Self.everythingPurpose)
        }
    }

    /// What `link(to:call:)` was given for the same call.
    ///
    /// Throws `SearchError` for any other text.
    package func everythingPosition(_ text: String, call: String) async throws -> EverythingPosition {
        let payload = try await translating { try await links.open(text, purpose: Self.everythingPurpose) }
        let fields = payload.map { bytes in
            String(decoding: bytes, as: UTF8.self).split(separator: "/", omittingEmptySubsequences: false)
                .map(String.init)
        }
        guard let fields, fields.first == Self.fingerprint(call),
            let position = EverythingPosition(fields: Array(fields.dropFirst()))
        else {
            throw SearchError(
                .invalidCursor, "The page link does not belong to this operation.", parameter: "_cursor")
        }
        return position
    }

    private static func fingerprint(_ call: String) -> String { String(XXHash64.hash(call), radix: 36) }
}
