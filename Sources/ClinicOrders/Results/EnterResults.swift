import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /DiagnosticReport/$enter-results`: results of an order, for somebody else to verify.
///
/// A second call for the same order adds to the report while it is preliminary; a code that is there already gets its
/// new value.
struct EnterResults: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "enter-results", typeName: "DiagnosticReport", level: .type, affectsState: true,
            documentation: "Enters results of an order; they are preliminary until somebody else verifies them.",
            roles: [.laboratory, .physician, .superadmin], events: ["result.entered"],
            parameters: [
                .init(.input, "request", 1, 1, "Reference", "The order."),
                .init(.input, "observations", 0, 500, nil, "One result.", parts: ResultEntry.parts),
                .init(.input, "attachment", 0, nil, "Attachment", "The report as a document."),
                .init(.input, "conclusion", 0, 1, "string", "DiagnosticReport.conclusion."),
                .init(.output, "return", 1, 1, "DiagnosticReport", "The preliminary report."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        let entries = try ResultEntry.all(parameters)
        let attachments = try parameters.elements("attachment", Attachment.self)
        let conclusion = parameters.text("conclusion")
        guard !entries.isEmpty || !attachments.isEmpty || conclusion != nil else {
            throw OperationParameters.invalid("a report has observations, an attachment or a conclusion")
        }
        guard let request = try parameters.reference("request", "ServiceRequest") else {
            throw OperationParameters.invalid("the parameter request is missing")
        }
        let order = try await work.lock(request, element: parameters.place(of: "request"))
        try work.require(order, in: ["active"], to: "in-progress")
        let progress = OrderProgress(work)
        let specimens = try await progress.specimens(of: order.reference)
        let effective = specimens.last.flatMap { Self.collected($0.node) } ?? work.now.text
        let subject = order.reference("subject")
        let patient = try await subject.asyncFlatMap { try await work.find($0) }
        let results = try await ResultEntries(entries, of: patient?.node, at: effective, work)

        let open = try await progress.reports(of: order.reference).first { Self.isOurs($0) }
        let report = try await open.asyncFlatMap { try await work.lock($0.reference) }
        let stored = try await report.asyncFlatMap { try await ReportResults($0, work) }
        var changes = ChangeSet(work)
        var added: [Reference] = []
        let category = OrderCategory(
            of: (order.node["category"]?.items ?? []).compactMap { CodeableConcept(stored: $0) })
        for entry in entries {
            var observation = try await results.observation(entry, status: "preliminary")
            if let known = stored?.observation(entry.code) {
                changes.update(known, try ResultEntries.replace(known, by: observation))
                continue
            }
            observation.basedOn = [Reference(order.reference)]
            observation.category = [category.observation]
            observation.subject = Reference(stored: order.node["subject"])
            observation.encounter = Reference(stored: order.node["encounter"])
            observation.specimen = specimens.last.map { Reference($0.reference) }
            added.append(Reference(changes.create(observation)))
        }
        let reference: LocalReference
        if let report {
            changes.update(report, Self.extended(report, added, attachments, conclusion, work))
            reference = report.reference
        } else {
            let number = try await NumberSeries("report", isGapFree: false).next(in: work.transaction)
            var new = Self.report(order, category, number, work)
            new.specimen = specimens.map { Reference($0.reference) }
            new.effective = FHIRDateTime(effective).map { .dateTime($0) }
            new.result = added
            new.presentedForm = attachments
            new.conclusion = conclusion
            reference = changes.create(new)
        }
        try await OrderClosing(work).begin([order.reference], &changes)
        changes.record("result.entered", reference)
        let saved = try await changes.apply()
        return ClinicAnswer(saved.first { $0.reference == reference } ?? saved[0])
    }

    private static func report(
        _ order: StoredResource, _ category: OrderCategory, _ number: Int, _ work: ClinicWork
    ) -> DiagnosticReport {
        var report = DiagnosticReport()
        report.identifier = [Identifier(OrderSystems.report, "REP-\(number)", type: "FILL")]
        report.basedOn = [Reference(order.reference)]
        report.status = "preliminary"
        report.category = [category.report]
        report.code = CodeableConcept(stored: order.node["code"]) ?? CodeableConcept(text: "Results")
        report.subject = Reference(stored: order.node["subject"])
        report.encounter = Reference(stored: order.node["encounter"])
        report.issued = FHIRInstant(work.now.text)
        if let actor = Acting.reference(work) { report.performer = [actor] }
        return report
    }

    private static func extended(
        _ report: StoredResource, _ added: [Reference], _ attachments: [Attachment], _ conclusion: String?,
        _ work: ClinicWork
    ) -> ResourceEdit {
        var edit = report.edit
        for reference in added { edit.append("result", json: reference.json) }
        for attachment in attachments { edit.append("presentedForm", json: attachment.json) }
        if let conclusion { edit.set("conclusion", conclusion) }
        edit.set("issued", work.now.text)
        edit.set("status", "preliminary")
        return edit
    }

    /// A report that was entered here and is not verified yet; those of messages belong to their sender.
    private static func isOurs(_ report: StoredResource) -> Bool {
        ["registered", "partial", "preliminary"].contains(report.status)
            && (report.node["identifier"]?.items ?? []).contains { $0["system"]?.string == OrderSystems.report }
    }

    private static func collected(_ specimen: JSONNode) -> String? {
        let collection = specimen["collection"]
        return collection?["collectedDateTime"]?.string ?? collection?["collectedPeriod"]?["start"]?.string
    }
}

extension Optional where Wrapped: Sendable {
    /// `flatMap` with a body that waits.
    func asyncFlatMap<Result>(_ transform: (Wrapped) async throws -> Result?) async throws -> Result? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
