import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `Patient/[id]/$revoke-proxy`: a proxy may no longer act for the patient.
struct RevokeProxy: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "revoke-proxy", typeName: "Patient", level: .instance, affectsState: true,
            documentation: "Ends what lets a related person act for the patient.", roles: [.registration, .patient],
            events: ["proxy.revoked"],
            parameters: [
                .init(.input, "proxy", 1, 1, "Reference", "The RelatedPerson."),
                .init(.input, "reason", 0, 1, "CodeableConcept", "Why."),
                .init(.output, "return", 1, 1, "Consent", "The consent, inactive."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let patient = try work.instance
        guard let proxy = try work.parameters.reference("proxy", "RelatedPerson") else {
            throw OperationParameters.invalid("the parameter proxy is missing")
        }
        let consents = try await ProxyConsents.live(of: patient.reference, for: proxy, work)
        guard !consents.isEmpty else {
            throw StoreError(
                .businessRule, "\(proxy.text) may not act for the patient anyway", expression: "Consent.status",
                details: "illegal-transition")
        }
        var changes = ChangeSet(work)
        for consent in consents {
            let stored = try await work.lock(consent.reference)
            var period = ResourceEdit(stored.node["provision"]?["period"])
            period.set("end", String(work.now.text.prefix(10)))
            var provision = ResourceEdit(stored.node["provision"])
            provision.set("period", json: period.bytes)
            var edit = stored.edit
            edit.set("status", "inactive")
            edit.set("provision", json: provision.bytes)
            changes.update(stored, edit)
            changes.record("proxy.revoked", stored.reference)
        }
        return ClinicAnswer(try await changes.apply()[0])
    }
}
