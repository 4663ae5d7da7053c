import Clinic
import FHIRDefinitions
import FHIRFormats

/// The days of a calendar of doses.
struct DoseWindow: Sendable {
    let from: CivilDate
    /// The day behind the last.
    let to: CivilDate

    static let parameters: [ClinicOperationDeclaration.Parameter] = [
        .init(.input, "from", 0, 1, "date", "The first day; by default today."),
        .init(.input, "to", 0, 1, "date", "The day behind the last; by default a week later."),
    ]

    /// Throws `StoreError` (400) for days that are none, in the wrong order, or more than a year.
    init(_ parameters: OperationParameters, now: Instant) throws {
        func day(_ name: String) throws -> CivilDate? {
            guard let text = parameters.text(name) else { return nil }
            guard let day = CivilDate(beginningOf: text), text.utf8.count >= 10 else {
                throw OperationParameters.invalid("the parameter \(name) is a date", at: parameters.place(of: name))
            }
            return day
        }
        let start = try day("from") ?? CivilDate(day: Int(now.microsecondsSince1970 / 86_400_000_000))
        from = start
        to = try day("to") ?? start.adding(days: 7)
        guard (0...366).contains(to.days(since: from)) else {
            throw OperationParameters.invalid(
                "to is behind from, and at most 366 days", at: parameters.place(of: "to"))
        }
    }
}
