import Clinic
import FHIRFormats
import FHIRModel

/// The days that a report is about, in UTC as the books are.
struct FinancePeriod: Sendable {
    let start: Instant
    /// The beginning of the day behind the last.
    let end: Instant
    /// `2026-10` for a whole month that was named.
    let month: String?

    var firstDay: String { start.day }
    var lastDay: String { Instant(microsecondsSince1970: end.microsecondsSince1970 - 1).day }

    /// `month`, or `from` and `to`; the present month where neither is given. Throws `StoreError` (400).
    init(_ parameters: OperationParameters, now: Instant) throws {
        if parameters.has("from") || parameters.has("to") {
            guard !parameters.has("month") else {
                throw OperationParameters.invalid("a month is given, or days", at: parameters.place(of: "month"))
            }
            let start = try Self.day("from", parameters)
            let end = try Self.day("to", parameters)
            guard start < end else {
                throw OperationParameters.invalid("to is behind from", at: parameters.place(of: "to"))
            }
            self.init(start: start, end: end, month: nil)
            return
        }
        try self.init(month: parameters.text("month") ?? String(now.text.prefix(7)), parameters)
    }

    /// Throws `StoreError` (400) for a text that is no month.
    init(month text: String, _ parameters: OperationParameters) throws {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard text.utf8.count == 7, parts.count == 2, (1...12).contains(parts[1]),
            let start = Instant(startOf: text + "-01")
        else {
            throw OperationParameters.invalid("a month is a date like 2026-10", at: parameters.place(of: "month"))
        }
        let (year, next) = parts[1] == 12 ? (parts[0] + 1, 1) : (parts[0], parts[1] + 1)
        let years = String(repeating: "0", count: max(0, 4 - String(year).count)) + String(year)
        guard let end = Instant(startOf: "\(years)-\(next < 10 ? "0" : "")\(next)-01") else {
            throw OperationParameters.invalid("a month is a date like 2026-10", at: parameters.place(of: "month"))
        }
        self.init(start: start, end: end, month: text)
    }

    private init(start: Instant, end: Instant, month: String?) {
        self.start = start
        self.end = end
        self.month = month
    }

    private static func day(_ name: String, _ parameters: OperationParameters) throws -> Instant {
        guard let text = parameters.text(name), text.utf8.count == 10, let day = Instant(startOf: text) else {
            throw OperationParameters.invalid("\(name) is a day", at: parameters.place(of: name))
        }
        return day
    }
}
