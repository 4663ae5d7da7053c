import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /fhir/$stock-count`: what somebody counted at a place becomes what the ledger says.
///
/// Where a batch differs by more than the limit of adjustments it takes two people: one proposes the count, another
/// one sends the same with the proposal's Task.
struct CountStock: ClinicOperation {
    private static let proposed = "stock.count-proposed"
    private let proposal = StockProposal(kind: "stock-count", event: proposed)

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "stock-count", level: .system, affectsState: true,
            documentation: "Takes what was counted at a place, and adjusts the stock by what differs.",
            roles: [.superadmin, .pharmacy, .laboratory, .facilityHead], events: ["stock.counted", Self.proposed],
            parameters: [
                .init(.input, "location", 1, 1, "Reference", "The Location."),
                .init(
                    .input, "count", 1, 1000, nil, "A batch with what there is of it.",
                    parts: [
                        .init(.input, "item", 1, 1, nil, "Medication, Substance or Device (Reference), or a code."),
                        .init(.input, "batch", 0, 1, "string", "Number of the batch."),
                        .init(.input, "expiry", 0, 1, "date", "Last day, month or year of use, of a new batch."),
                        .init(.input, "quantity", 1, 1, nil, "What there is (Quantity); may be zero."),
                    ]),
                .init(.input, "complete", 0, 1, "boolean", "Of batches that are not named there is nothing."),
                .init(.input, "reason", 0, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(.input, "propose", 0, 1, "boolean", "Only asks somebody else to do it."),
                .init(.input, "request", 0, 1, "Reference", "The Task of who proposed it."),
                .init(
                    .output, "report", 0, nil, nil, "One batch.",
                    parts: [
                        .init(.output, "item", 1, 1, nil, "The item."),
                        .init(.output, "batch", 0, 1, "string", "The batch."),
                        .init(.output, "expected", 1, 1, "Quantity", "What the ledger said."),
                        .init(.output, "counted", 1, 1, "Quantity", "What was counted."),
                        .init(.output, "variance", 1, 1, "Quantity", "By how much the two differ."),
                    ]),
                .init(.output, "count", 0, 1, "Reference", "The Basic that keeps the count."),
                .init(.output, "request", 0, 1, "Reference", "The Task, where it was only proposed."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        guard let place = try await StockPlace("location", of: parameters, in: work) else {
            throw OperationParameters.invalid("the parameter location is missing")
        }
        var sheet = try await CountSheet(place.reference, work)
        let given = ReasonText(parameters.concept("reason") ?? []).text
        let reason = given.isEmpty ? "stock count" : given
        var changes = ChangeSet(work)
        if parameters.bool("propose") {
            let task = changes.create(proposal.task(sheet.summary, reason, at: work.now.text))
            changes.record(Self.proposed, task)
            try await changes.apply()
            return answer(sheet, count: nil, task: task)
        }
        let limit = try await MedicineSettings.adjustLimit.decimal(in: work.transaction)
        if let reference = try parameters.reference("request", "Task") {
            try await proposal.close(reference, sheet.summary, in: work, &changes)
        } else if sheet.lines.contains(where: { limit < (FHIRDecimal($0.magnitude) ?? limit) }) {
            throw StoreError(
                .forbidden,
                "counts that differ by more than \(limit.text) take a second person, who names the proposal's Task",
                expression: parameters.place(of: "count"), details: "second-person-required")
        }
        let count = changes.create(json: sheet.json(reason, at: work.now.day), type: "Basic")
        try await sheet.post(reason, document: count, work)
        changes.record("stock.counted", place.reference)
        try await changes.apply()
        return answer(sheet, count: count, task: nil)
    }

    private func answer(_ sheet: CountSheet, count: LocalReference?, task: LocalReference?) -> ClinicAnswer {
        var writer = ParametersWriter()
        for line in sheet.lines { writer.add("report", parts: line.report) }
        if let count { writer.add("count", reference: count) }
        if let task { writer.add("request", reference: task) }
        return ClinicAnswer(writer)
    }
}

extension Instant {
    /// `2026-11-22`, in UTC.
    var day: String { String(text.prefix(10)) }
}
