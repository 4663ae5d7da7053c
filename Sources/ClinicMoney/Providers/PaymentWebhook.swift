import Clinic
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `/webhooks/payments/{provider}`: what providers of payments tell. Each delivery is signed with the secret that
/// `$payment-provider-set` gave the provider; each event of a provider counts once, however often it is sent.
struct PaymentWebhook: ClinicWebhook {
    let kind = "payments"
    private let operation = ReceivePayment()

    func receive(_ delivery: WebhookDelivery, in store: FHIRStore) async throws -> ClinicAnswer {
        guard let provider = try await provider(delivery.sender, in: store) else {
            // Not told apart from a wrong signature: who guesses names learns nothing.
            throw WebhookSignature.refusal
        }
        let signature = WebhookSignature(secret: provider.secret, tolerance: provider.toleranceSeconds)
        try signature.check(delivery.signature, of: delivery.body, now: store.clock())
        let event = try PaymentEvent(delivery.body)
        let call = ClinicCall(
            parameters: try event.parameters(provider: delivery.sender, method: provider.method),
            caller: "webhook:" + delivery.sender, base: delivery.base)
        return try await ClinicOperationRunner(store: store).run(operation, call)
    }

    /// What is agreed with a provider that may tell us something.
    private struct Provider {
        var secret: String
        var method: String
        var toleranceSeconds: Int64
    }

    private func provider(_ name: String, in store: FHIRStore) async throws -> Provider? {
        var parameters = SQLParameters()
        parameters.append(text: name.contains("\0") ? "" : name)
        let rows = try await store.database.read(Self.find, parameters)
        guard rows.rowCount > 0, let secret = rows.string(0, 0), let method = rows.string(0, 1) else { return nil }
        return Provider(secret: secret, method: method, toleranceSeconds: rows.int64(0, 2) ?? 300)
    }

    private static let find = SQLStatement(
        "SELECT secret, method, tolerance FROM money_provider WHERE name = $1::text AND active")
}
