package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `POST /MedicationRequest/[id]/$renew`: a new prescription in place of one that ran or runs out.
///
/// It is checked as any other; issues that the prescriber gave a reason for before do not stand in the way again.
package struct RenewPrescription: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "renew", typeName: "MedicationRequest", level: .instance, affectsState: true,
            documentation: "Prescribes the same again: a new request that names this one as its prior prescription.",
            roles: [.superadmin, .physician], events: ["rx.renewed", "rx.blocked"],
            parameters: [
                .init(.input, "days", 0, 1, "integer", "How long it is valid from now on."),
                .init(.input, "refills", 0, 1, "integer", "How often it may be filled again."),
                .init(.output, "return", 1, 1, "MedicationRequest", "The new prescription."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let prior = try work.instance
        try work.require(prior, in: ["active", "completed"], to: "renewed")
        let days = try Self.count("days", 1...3660, of: work.parameters)
        let refills = try Self.count("refills", 0...1000, of: work.parameters)
        let renewed = JSONNode(try Document.parse(Self.copy(prior, days: days, refills: refills, at: work.now)))
        let draft = try await PrescriptionDraft(renewed, 0, in: work)
        _ = try await work.lock(draft.patient)
        let check = try await InteractionCheck(
            [draft.candidate], for: draft.patient, replacing: [prior.reference], in: work)
        var changes = ChangeSet(work)
        var ledger = IssueLedger(draft.patient, in: work)
        try await ledger.keep(check, overrides: [:], mayBeKnown: true, &changes)
        guard ledger.blocking.isEmpty else {
            return try await PrescribeMedicines.refuse(ledger, draft.patient, &changes)
        }
        let reference = changes.create(
            json: draft.json(issues: ledger.byPosition[0] ?? [], edition: check.edition, at: work.now),
            type: "MedicationRequest")
        changes.record("rx.renewed", reference)
        let saved = try await changes.apply()
        guard let new = saved.first(where: { $0.reference == reference }) else {
            throw StoreError(.fault, "the renewed prescription was not stored")
        }
        return ClinicAnswer(new)
    }

    private static func count(
        _ name: String, _ range: ClosedRange<Int>, of parameters: OperationParameters
    ) throws -> Int? {
        guard let number = parameters.integer(name) else { return nil }
        guard range.contains(number) else {
            throw OperationParameters.invalid(
                "the parameter \(name) is from \(range.lowerBound) to \(range.upperBound)",
                at: parameters.place(of: name))
        }
        return number
    }

    /// The same medicine and instructions; times, issues and states are its own.
    private static func copy(_ prior: StoredResource, days: Int?, refills: Int?, at now: Instant) -> [UInt8] {
        var edit = prior.edit
        for name in [
            "id", "meta", "text", "identifier", "statusReason", "authoredOn", "detectedIssue", "eventHistory",
            "extension",
        ] { edit.remove(name) }
        edit.set("status", "draft")
        edit.set("priorPrescription", json: prior.reference.json)
        var request = ResourceEdit(prior.node["dispenseRequest"])
        if let refills { request.set("numberOfRepeatsAllowed", json: Array(String(refills).utf8)) }
        if let days {
            let end = Instant(
                microsecondsSince1970: now.microsecondsSince1970 + Int64(days) * 86_400_000_000)
            request.set(
                "validityPeriod",
                json: ResourceEdit.json { writer in
                    writer.beginObject()
                    writer.member("start", now.text)
                    writer.member("end", end.text)
                    writer.endObject()
                })
        } else {
            // The period of the prior one is over, or soon will be.
            request.remove("validityPeriod")
        }
        if request.bytes.count > 2 {
            edit.set("dispenseRequest", json: request.bytes)
        } else {
            edit.remove("dispenseRequest")
        }
        return edit.bytes
    }
}
