package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `/MedicationRequest/[id]/$adherence`: how many of the doses that were due were taken.
package struct TellAdherence: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "adherence", typeName: "MedicationRequest", level: .instance, affectsState: false,
            documentation: "Tells what became of the doses that were due up to now: rate = taken / due.",
            roles: [.superadmin, .patient, .proxy, .physician, .nurse],
            parameters: DoseWindow.parameters + [
                .init(.output, "due", 1, 1, "integer", "Doses whose time has come."),
                .init(.output, "taken", 1, 1, "integer", "Of these, taken, late ones too."),
                .init(.output, "late", 1, 1, "integer", "Of these, taken late."),
                .init(.output, "skipped", 1, 1, "integer", "Of these, skipped."),
                .init(.output, "rate", 0, 1, "decimal", "taken / due, where any were due."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let request = try work.instance
        let window = try DoseWindow(work.parameters, now: work.now)
        let calendar = try await DoseCalendar(request, from: window.from, to: window.to, in: work)
        let log = try await DoseLog(of: request.reference, in: work)
        let due = calendar.doses.filter { $0.planned <= work.now || log.entries[$0.planned] != nil }
        let outcomes = due.compactMap { log.entries[$0.planned]?.outcome }
        let skipped = outcomes.filter { $0 == "skipped" }.count
        let taken = outcomes.count - skipped
        var answer = ParametersWriter()
        answer.add("due", integer: due.count)
        answer.add("taken", integer: taken)
        answer.add("late", integer: outcomes.filter { $0 == "late" }.count)
        answer.add("skipped", integer: skipped)
        if !due.isEmpty {
            answer.add("rate", "Decimal") { $0.raw(Self.ratio(taken, due.count).utf8) }
        }
        return ClinicAnswer(answer)
    }

    /// A ratio between 0 and 1 with four digits, rounded half up.
    private static func ratio(_ part: Int, _ whole: Int) -> String {
        let parts = (part * 20_000 + whole) / (2 * whole)
        let digits = String(parts % 10_000)
        return "\(parts / 10_000)." + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
