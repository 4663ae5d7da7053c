import Access
import FHIRServer
import FHIRStore
import JSONTape

/// Where an authorization stands between its pages: goes with the forms, signed, so that nothing can be changed and
/// only the session that it began in can go on with it. That also keeps other sites from sending the forms (CSRF).
struct AuthorizationTicket: Sendable {
    /// Seconds to read and decide.
    private static let lifetime = 1800
    private static let purpose: StaticString = "authorization"

    var client: String
    var state: String?
    var scope: [String]
    var binding: CodeBinding
    var person: String
    var session: String
    var signedIn: Int64
    var patient: String?
    var encounter: String?
    var needsBanner: Bool?
    /// Handle of the EHR launch, used up with the consent.
    var launch: String?

    func sealed(by signer: LinkSigner) async throws -> String {
        var writer = JSONWriter()
        writer.beginObject()
        let texts: [(StaticString, String?)] = [
            ("client", client), ("state", state), ("scope", scope.joined(separator: " ")),
            ("redirect", binding.redirect), ("challenge", binding.challenge), ("nonce", binding.nonce),
            ("person", person), ("session", session), ("signedIn", String(signedIn)), ("patient", patient),
            ("encounter", encounter), ("banner", needsBanner.map { $0 ? "yes" : "no" }), ("launch", launch),
            ("ends", String(SystemClock.seconds + Self.lifetime)),
        ]
        for case (let name, let text?) in texts { writer.member(name, text) }
        writer.endObject()
        return try await signer.sign(writer.bytes, purpose: Self.purpose)
    }

    /// Nil for what was not sealed here, or too long ago.
    static func open(_ sealed: String, by signer: LinkSigner) async throws -> AuthorizationTicket? {
        guard let bytes = try await signer.open(sealed, purpose: purpose), let document = try? Document.parse(bytes)
        else { return nil }
        let node = JSONNode(document)
        func text(_ name: StaticString) -> String? { node[name]?.string }
        guard let ends = text("ends").flatMap({ Int($0) }), ends > SystemClock.seconds,
            let client = text("client"), let scope = text("scope"), let redirect = text("redirect"),
            let challenge = text("challenge"), let person = text("person"), let session = text("session"),
            let signedIn = text("signedIn").flatMap({ Int64($0) })
        else { return nil }
        let banner = text("banner")
        return AuthorizationTicket(
            client: client, state: text("state"), scope: ScopeNegotiation.words(scope),
            binding: CodeBinding(redirect: redirect, challenge: challenge, nonce: text("nonce")), person: person,
            session: session, signedIn: signedIn, patient: text("patient"), encounter: text("encounter"),
            needsBanner: banner.map { $0 == "yes" }, launch: text("launch"))
    }

    /// Whether the scopes are about one patient.
    var needsPatient: Bool {
        patient == nil && scope.contains { $0 == "launch/patient" || SMARTScope($0)?.context == .patient }
    }
}
