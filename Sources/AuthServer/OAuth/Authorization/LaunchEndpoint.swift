import Access
import FHIRDefinitions
import FHIRSearch
import FHIRServer
import FHIRStore
import HTTPTypes
import JSONTape

/// `POST /auth/launch`: an EHR opens an app for somebody who is at work in it, and gets the handle for the app's
/// `launch` parameter (SMART App Launch 2.2, "EHR launch").
extension OAuthService {
    private struct Wish {
        var client: String?
        var patient: String?
        var encounter: String?
        var needsBanner: Bool?
        var fhirContext: JSONNode?
        var intent: String?
    }

    private static let greatestIntent = 200

    @Sendable func launch(_ request: PageRequest) async throws -> PageAnswer {
        let finding = try await bearer(request)
        let principal = finding.principal
        guard !principal.roles.subtracting(["patient", "proxy"]).isEmpty else {
            throw AuthError(403, "access_denied", "only staff open applications for a patient")
        }
        let wish = try Self.wish(request)
        guard let id = wish.client else { throw AuthError(400, "invalid_request", "client is missing") }
        guard let client = try await clients.find(id), client.isEnabled, client.grants.contains(.authorizationCode)
        else { throw AuthError(400, "invalid_request", "client is not known") }
        let choice = try await choice(for: principal)
        var patient = wish.patient
        if let encounter = wish.encounter {
            let subject = try await EncounterChoice(choice).patient(of: encounter)
            guard let subject, patient == nil || patient == subject else {
                throw AuthError(400, "invalid_request", "encounter is not known, or of another patient")
            }
            patient = subject
        }
        if let patient {
            guard try await choice.isAllowed(patient) else {
                throw AuthError(400, "invalid_request", "patient is not known")
            }
        }
        var context: String?
        if let resources = wish.fhirContext {
            context = try await LaunchedResources(store: choice.store).checked(resources)
        }
        guard wish.intent.map({ 1...Self.greatestIntent ~= $0.utf8.count && !$0.utf8.contains(0) }) ?? true else {
            throw AuthError(400, "invalid_request", "intent is a text of at most \(Self.greatestIntent) bytes")
        }
        var person: String?
        if case .account(let id) = principal.subject { person = id }
        let handle = try await launches.begin(
            Launch(
                client: client.id, person: person, patient: patient, encounter: wish.encounter,
                needsBanner: wish.needsBanner, fhirContext: context, intent: wish.intent))
        return Self.answer { writer in
            writer.member("launch", handle)
            writer.member("iss", request.base)
            writer.key("expires_in")
            writer.number(Launches.lifetime)
        }
    }

    /// JSON or a form; ids, or references such as `Patient/1`.
    private static func wish(_ request: PageRequest) throws -> Wish {
        let type = request.fields[.contentType].map { $0.prefix { $0 != ";" && $0 != " " }.lowercased() }
        var wish = Wish()
        if type == "application/x-www-form-urlencoded" {
            let form = try OAuthForm(body: request)
            wish.client = form["client"] ?? form["client_id"]
            wish.patient = try id(form["patient"], "Patient")
            wish.encounter = try id(form["encounter"], "Encounter")
            wish.needsBanner = form["need_patient_banner"].map { $0 != "false" }
            wish.intent = form["intent"]
            return wish
        }
        guard let document = try? Document.parse(request.body), case let node = JSONNode(document), node.isObject else {
            throw AuthError(400, "invalid_request", "the body is a JSON object or a form")
        }
        wish.client = node["client"]?.string ?? node["client_id"]?.string
        wish.patient = try id(node["patient"]?.string, "Patient")
        wish.encounter = try id(node["encounter"]?.string, "Encounter")
        wish.needsBanner = node["need_patient_banner"]?.bool
        wish.fhirContext = node["fhirContext"]
        wish.intent = node["intent"]?.string
        return wish
    }

    private static func id(_ text: String?, _ type: String) throws -> String? {
        guard let text, !text.isEmpty else { return nil }
        let id = text.hasPrefix("\(type)/") ? String(text.dropFirst(type.count + 1)) : text
        guard ResourceID.isValid(id) else {
            throw AuthError(400, "invalid_request", "\(type.lowercased()) is the id of a resource")
        }
        return id
    }
}
