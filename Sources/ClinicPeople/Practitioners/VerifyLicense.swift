import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `Practitioner/[id]/$verify-license`: records that somebody looked a licence up, and what came of it.
///
/// The licence stands in `Practitioner.qualification`; the VerificationResult says until when it holds
/// (`nextScheduled`), which is when it has to be looked up again.
struct VerifyLicense: ClinicOperation {
    /// What came of it: https://hl7.org/fhir/R4/valueset-verificationresult-status.html
    enum Outcome: String, CaseIterable {
        case verified
        case validated
        case failed
        case expired
        case revoked
        case pending

        var status: String {
            switch self {
            case .verified, .validated: "validated"
            case .failed: "val-fail"
            case .expired: "req-revalid"
            case .revoked: "reval-fail"
            case .pending: "in-process"
            }
        }
    }

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "verify-license", typeName: "Practitioner", level: .instance, affectsState: true,
            documentation: "Records the verification of a practitioner's licence.",
            roles: [.humanResources, .medicalAdmin],
            events: ["license.verified"],
            parameters: [
                .init(.input, "number", 1, 1, "string", "Number of the licence."),
                .init(.input, "authority", 1, 1, "string", "Who issued it."),
                .init(.input, "evidence", 0, 1, "Reference", "DocumentReference of the licence."),
                .init(.input, "result", 1, 1, "code", "verified, failed, expired, revoked or pending."),
                .init(.input, "expires", 0, 1, "date", "Until when it holds; needed where it is verified."),
                .init(.output, "return", 1, 1, "VerificationResult", "What was recorded."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let practitioner = try work.instance
        let parameters = work.parameters
        let number = parameters.text("number") ?? ""
        let authority = parameters.text("authority") ?? ""
        guard let outcome = Outcome(rawValue: parameters.text("result") ?? "") else {
            throw StoreError(
                .businessRule, "result is one of \(Outcome.allCases.map(\.rawValue).joined(separator: ", "))",
                expression: parameters.place(of: "result"), details: "unknown-code")
        }
        let expires = parameters.text("expires").map { String($0.prefix(10)) }
        if outcome.status == "validated" {
            guard let expires, expires.utf8.count == 10 else {
                throw StoreError(
                    .businessRule, "a verified licence has a date until which it holds", expression: "expires",
                    details: "expiry-missing")
            }
            guard expires >= String(work.now.text.prefix(10)) else {
                throw StoreError(
                    .businessRule, "the licence has expired", expression: parameters.place(of: "expires"),
                    details: "licence-expired")
            }
        }
        let evidence = try parameters.reference("evidence", "DocumentReference")
        if let evidence { _ = try await work.read(evidence, element: parameters.place(of: "evidence")) }
        var changes = ChangeSet(work)
        if let edit = Self.qualification(practitioner, number, authority, expires) {
            changes.update(practitioner, edit)
        }
        let json = Self.result(practitioner.reference, outcome, authority, expires, evidence, work)
        let result = changes.create(json: json, type: "VerificationResult")
        changes.record("license.verified", result)
        guard let saved = try await changes.apply().last else { throw StoreError(.fault, "nothing was written") }
        return ClinicAnswer(saved)
    }

    /// The licence among the qualifications: the one of this number in force until `expires`, or a new one.
    private static func qualification(
        _ practitioner: StoredResource, _ number: String, _ authority: String, _ expires: String?
    ) -> ResourceEdit? {
        var isKnown = false
        let items = (practitioner.node["qualification"]?.items ?? []).map { item -> [UInt8] in
            let numbers = (item["identifier"]?.items ?? []).compactMap { $0["value"]?.string }
            guard numbers.contains(number) else { return item.source }
            isKnown = true
            guard let expires else { return item.source }
            var period = ResourceEdit(item["period"])
            period.set("end", expires)
            var edit = ResourceEdit(item)
            edit.set("period", json: period.bytes)
            return edit.bytes
        }
        var edit = practitioner.edit
        if isKnown {
            edit.set("qualification", items: items)
            return edit
        }
        var qualification = Practitioner.Qualification()
        var identifier = Identifier()
        identifier.value = number
        qualification.identifier = [identifier]
        qualification.code = .of("http://terminology.hl7.org/CodeSystem/v2-0203", "LN", "License number")
        if let expires { qualification.period = .of(start: nil, end: expires) }
        var issuer = Reference()
        issuer.display = authority
        qualification.issuer = issuer
        edit.append("qualification", json: qualification.json)
        return edit
    }

    private static func result(
        _ practitioner: LocalReference, _ outcome: Outcome, _ authority: String, _ expires: String?,
        _ evidence: LocalReference?, _ work: ClinicWork
    ) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "VerificationResult")
            if let evidence {
                writer.key("extension")
                writer.beginArray()
                writer.beginObject()
                writer.member("url", "urn:martlet:evidence")
                writer.key("valueReference")
                writer.raw(evidence.json)
                writer.endObject()
                writer.endArray()
            }
            writer.key("target")
            writer.beginArray()
            writer.raw(practitioner.json)
            writer.endArray()
            writer.key("targetLocation")
            writer.beginArray()
            writer.string("Practitioner.qualification")
            writer.endArray()
            writer.member("status", outcome.status)
            writer.member("statusDate", work.now.text)
            writer.member("lastPerformed", work.now.text)
            if let expires { writer.member("nextScheduled", expires) }
            writer.key("primarySource")
            writer.beginArray()
            writer.beginObject()
            writer.key("who")
            writer.beginObject()
            writer.member("display", authority)
            writer.endObject()
            writer.endObject()
            writer.endArray()
            writer.endObject()
        }
    }
}
