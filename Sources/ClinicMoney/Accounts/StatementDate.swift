import Clinic
import FHIRFormats

extension OperationParameters {
    /// `atDate`: the end of the day that is named, the moment of a dateTime, else now.
    func date(_ name: String, now: Instant) throws -> Instant {
        guard let text = text(name) else { return now }
        guard let start = Instant(startOf: text), text.utf8.count >= 10 else {
            throw Self.invalid("the parameter \(name) is a date", at: place(of: name).map { $0 + ".value" })
        }
        let isDay = text.utf8.count == 10
        return isDay ? Instant(microsecondsSince1970: start.microsecondsSince1970 + 86_400_000_000 - 1) : start
    }
}
