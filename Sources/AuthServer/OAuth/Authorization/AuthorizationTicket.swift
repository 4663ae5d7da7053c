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
    /// `fhirContext` of the EHR launch: a JSON array.
    var fhirContext: String?
    var intent: String?
    /// Handle of the EHR launch, used up with the consent.
    var launch: String?
    /// Whether the person has to be asked even for what they allowed before (`prompt=consent`).
    var demandsConsent = false

    func sealed(by signer: LinkSigner) async throws -> String {
        var writer = JSONWriter()
        writer.beginObject()
        let texts: [(StaticString, String?)] = [
            ("client", client), ("state", state), ("scope", scope.joined(separator: " ")),
            ("redirect", binding.redirect), ("challenge", binding.challenge), ("nonce", binding.nonce),
            ("person", person), ("session", session), ("signedIn", String(signedIn)), ("patient", patient),
            ("encounter", encounter), ("banner", needsBanner.map { $0 ? "yes" : "no" }), ("launch", launch),
            ("fhirContext", fhirContext), ("intent", intent), ("consent", demandsConsent ? "yes" : nil),
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
            needsBanner: banner.map { $0 == "yes" }, fhirContext: text("fhirContext"), intent: text("intent"),
            launch: text("launch"), demandsConsent: text("consent") != nil)
    }

    /// Whether the scopes are about one patient, who is not chosen yet.
    var needsPatient: Bool {
        patient == nil
            && scope.contains { scope in
                scope == "launch/patient" || scope == Self.encounterScope && launch == nil
                    || SMARTScope(scope)?.context == .patient
            }
    }

    /// Whether a visit has to be chosen. In an EHR launch it is the one that the EHR has open, or none.
    var needsEncounter: Bool { encounter == nil && launch == nil && scope.contains(Self.encounterScope) }

    /// Goes on without a visit: then the scope that asks for one is not granted.
    mutating func declineEncounter() { scope.removeAll { $0 == Self.encounterScope } }

    private static let encounterScope = "launch/encounter"
}

extension AuthorizationTicket {
    /// What the app is told at its redirect URI.
    func refusal(_ code: String, _ description: String) -> AuthorizationRequest.Refusal {
        AuthorizationRequest.Refusal(code, description, at: binding.redirect, state: state)
    }
}
