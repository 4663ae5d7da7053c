package import FHIRStore

/// Takes what other systems tell the clinic by themselves, at `/webhooks/{kind}/{sender}`.
///
/// Whoever sends has no account here: each delivery is signed, and the webhook itself decides whether to believe it.
package protocol ClinicWebhook: Sendable {
    /// The part of the address that names it: `payments`.
    var kind: String { get }

    /// Takes one delivery; the same one again has no further effect.
    ///
    /// Throws `StoreError`: 403 for a signature that does not fit, 400 for a body that cannot be read.
    func receive(_ delivery: WebhookDelivery, in store: FHIRStore) async throws -> ClinicAnswer
}

/// One delivery as it came.
package struct WebhookDelivery: Sendable {
    /// Who sends, as the address says.
    package var sender: String
    /// Header `X-Martlet-Signature`.
    package var signature: String?
    /// The bytes that are signed.
    package var body: [UInt8]
    /// Absolute address of the FHIR API, without a slash at the end.
    package var base: String

    package init(sender: String, signature: String?, body: [UInt8], base: String) {
        self.sender = sender
        self.signature = signature
        self.body = body
        self.base = base
    }
}
