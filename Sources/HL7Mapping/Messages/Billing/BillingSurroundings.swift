internal import HL7Syntax

/// What charges and accounts bring along: visits (PV1), diagnoses (DG1), procedures (PR1) and insurances (IN1). The
/// visit of a segment is the one that it stands behind. §2.8.
struct BillingSurroundings {
    private let scope: MessageScope
    /// Made where they are missing: registration knows more of a visit than billing does.
    private(set) var visits: [StatedResource] = []
    private(set) var diagnoses: [StatedResource] = []
    private(set) var coverages: [StatedResource] = []
    private(set) var procedures: [StatedResource] = []
    /// Addresses of procedures by the place of PR1.
    private var procedureAddresses: [HL7Location: String] = [:]

    /// - Parameter account: the address of the account that a new visit belongs to.
    init(scope: MessageScope, account: String?) {
        self.scope = scope
        let segments = Array(scope.context.message.segments.drop { !$0.isNamed("PID") })
        guard let patient = segments.first else { return }
        var visit: StatedResource?
        for (index, segment) in segments.enumerated() {
            switch segment.name {
            case "PV1":
                let details = segments[(index + 1)...].prefix { !$0.isNamed("PV1") }
                visit = self.visit(
                    AdmissionGroup(patient: patient, segments: [segment] + details), account: account)
                if let visit { Self.append(visit, to: &visits) }
            case "DG1":
                let map = DiagnosisMap(context: scope.context, subject: scope.subject, encounter: visit?.address)
                if let diagnosis = map.map(segment) { Self.append(diagnosis, to: &diagnoses) }
            case "PR1":
                let map = ProcedureMap(context: scope.context, subject: scope.subject, encounter: visit?.address)
                if let procedure = map.map(segment) {
                    Self.append(procedure, to: &procedures)
                    procedureAddresses[segment.location] = procedure.address
                }
            case "IN1":
                let map = CoverageMap(context: scope.context, subject: scope.subject)
                if let coverage = map.map(segment, financialClass: financialClass) {
                    Self.append(coverage, to: &coverages)
                }
            default: break
            }
        }
    }

    /// `Procedure/id` of what this PR1 tells of.
    func procedure(_ segment: Segment) -> String? { procedureAddresses[segment.location] }

    /// The first visit, which the transactions belong to.
    var encounter: FHIRValue? { visits.first.map { .reference($0.address) } }

    /// Items of `Account.coverage`.
    var accountCoverages: [FHIRValue] {
        coverages.enumerated().map { index, coverage in
            .object(["coverage": .reference(coverage.address), "priority": .number("\(index + 1)")])
        }
    }

    /// PV1-20, where IN1-15 does not say what kind of plan it is.
    private var financialClass: FHIRValue? {
        scope.context.message["PV1"].flatMap {
            CodeableConceptMap(context: scope.context).map($0[field: 20][repetition: 1], local: "PV1-20", table: "0064")
        }
    }

    /// As an ADT message would make it; nil where no number says which visit it is.
    private func visit(_ group: AdmissionGroup, account: String?) -> StatedResource? {
        guard let segment = group["PV1"],
            EncounterMap(context: scope.context, visit: segment, details: nil).number != nil
        else { return nil }
        var visit = AdmissionBuilder(context: scope.context, patients: [:])
            .encounter(group, scope.subject, account)
        visit?.rule = .mention
        // Whatever registration says later counts, though it be about a time before.
        visit?.stamp = nil
        let subject = scope.subject
        visit?.objection = { stored in
            guard case .object(let reference)? = stored["subject"], case .string(let other)? = reference["reference"],
                other != subject
            else { return nil }
            return "the visit number belongs to another patient"
        }
        return visit
    }

    /// The same resource twice in one message would be written twice: the later statement counts.
    private static func append(_ resource: StatedResource, to list: inout [StatedResource]) {
        if let index = list.firstIndex(where: { $0.address == resource.address }) {
            list[index] = resource
        } else {
            list.append(resource)
        }
    }
}
