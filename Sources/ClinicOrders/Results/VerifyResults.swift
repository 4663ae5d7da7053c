import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /DiagnosticReport/[id]/$verify`: somebody else than who entered the results signs them.
///
/// Report and observations become final, the order is completed when nothing more is to come, and what is critical
/// asks whoever ordered it to look at once.
struct VerifyResults: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "verify", typeName: "DiagnosticReport", level: .instance, affectsState: true,
            documentation: "Verifies results: the report becomes final.",
            roles: [.laboratory, .physician, .superadmin],
            transition: .init(from: ["registered", "partial", "preliminary"], to: "final"),
            events: ["result.available", "report.final", "result.critical", "order.completed"],
            parameters: [
                .init(.input, "conclusion", 0, 1, "string", "DiagnosticReport.conclusion."),
                .init(.output, "return", 1, 1, "DiagnosticReport", "The report as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let report = try work.instance
        try await SecondPerson.require(for: report.reference, work)
        let results = try await ReportResults(report, work)
        var changes = ChangeSet(work)
        var edit = report.edit
        edit.set("status", "final")
        edit.set("issued", work.now.text)
        edit.append("resultsInterpreter", json: Acting.someone(work).json)
        if let conclusion = work.parameters.text("conclusion") { edit.set("conclusion", conclusion) }
        changes.update(report, edit)
        for observation in results.observations where ["registered", "preliminary"].contains(observation.status) {
            var edit = observation.edit
            edit.set("status", "final")
            edit.set("issued", work.now.text)
            changes.update(observation, edit)
        }
        let closing = OrderClosing(work)
        let orders = try await closing.orders(of: report)
        try await closing.close(orders, by: report, &changes)
        changes.record("result.available", report.reference)
        changes.record("report.final", report.reference)
        if results.observations.contains(where: { ResultAssessment.isCritical($0.node) }) {
            changes.create(ReviewTask.make(report, orders.first, priority: "stat", why: "critical", work))
            changes.record("result.critical", report.reference)
        }
        return ClinicAnswer(try await changes.apply()[0])
    }
}
