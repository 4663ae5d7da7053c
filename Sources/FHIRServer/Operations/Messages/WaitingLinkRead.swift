import FHIRDefinitions
import FHIRStore
import HL7Ingest

/// `$hl7-waiting-links`: results that refer to a parent result which has not come.
struct WaitingLinkRead: ResourceOperation {
    let declaration = OperationDeclaration(
        "hl7-waiting-links", levels: [.system], types: [], affectsState: false,
        documentation: "Reports of HL7 v2 messages that name a parent result (OBR-26, OBR-29) which has not come, the "
            + "oldest first. They are linked by themselves when it comes.",
        parameters: [
            .init(.input, "hours", 0, 1, "integer", "Only those that have waited as long; 24 by default."),
            .init(.input, "_count", 0, 1, "integer", "Reports at most; 100 by default, 1000 at most."),
            .init(
                .output, "link", 0, nil, nil,
                "Parts: since (instant), report, subject (references), parentFiller, parentPlacer, parentCode, "
                    + "parentSubId."),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let limit = try call.count("_count", usual: 100, greatest: 1000)
        let hours = call.input.integer("hours") ?? 24
        guard hours >= 0 else { throw call.input.error("the parameter hours is negative", at: "hours") }
        let links = try await WaitingLink.list(call.store, hours: Int(hours), limit: limit)
        guard !links.isEmpty else { return OperationAnswer(resource: MessageSearch.none) }
        var writer = ParametersWriter()
        for link in links {
            writer.parts("link") { part in
                part.instant("since", link.created)
                part.reference("report", link.report)
                part.reference("subject", link.subject)
                part.text("parentFiller", link.parentFiller)
                part.text("parentPlacer", link.parentPlacer)
                part.text("parentCode", link.parentCode)
                part.text("parentSubId", link.parentSubID)
            }
        }
        return OperationAnswer(resource: writer.finish())
    }
}
