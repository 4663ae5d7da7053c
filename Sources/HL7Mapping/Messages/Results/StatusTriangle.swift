internal import HL7Syntax

/// Whether the states of order (ORC-5), report (OBR-25) and results (OBX-11) fit each other; a warning where they do
/// not. IHE laboratory framework, and §2.6.
struct StatusTriangle {
    let context: MappingContext

    /// - Parameter report: DiagnosticReport.status.
    func check(_ group: ResultGroup, report: String) {
        let results = group.results.map { $0.first.code(11) }.filter { $0 != "O" && !$0.isEmpty }
        if !group.order[field: 25].isEmpty, !Self.fits(report: report, results: results) {
            context.warn(
                .tableValueNotFound, at: group.order[field: 25].location,
                "the state of the report does not fit those of its results")
        }
        if let control = group.control, !Self.fits(order: control.code(5), report: report) {
            context.warn(
                .tableValueNotFound, at: control[field: 5].location,
                "the state of the order does not fit that of the report")
        }
    }

    private static func fits(report: String, results: [String]) -> Bool {
        let isPending = results.contains { ["P", "R", "S", "I"].contains($0) }
        let hasResult = results.contains { ["F", "C", "A", "B", "U", "V"].contains($0) }
        return switch report {
        case "final", "corrected": !isPending
        case "cancelled": !isPending && !hasResult
        case "registered": !hasResult
        default: true
        }
    }

    private static func fits(order: String, report: String) -> Bool {
        switch order {
        case "CM": MappedReport.isDone(report)
        case "CA", "DC": ["cancelled", "entered-in-error"].contains(report)
        case "SC": ["registered", "preliminary", "partial"].contains(report)
        default: true
        }
    }
}
