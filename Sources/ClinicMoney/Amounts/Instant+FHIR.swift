import FHIRFormats
import FHIRModel

extension Instant {
    /// The beginning of what a date or dateTime stands for; nil for a text that is none.
    init?(startOf text: String) {
        guard let time = FHIRDateTime(text) else { return nil }
        self.init(microsecondsSince1970: time.parts.microseconds)
    }

    /// `2026-11-22`, in UTC.
    var day: String { String(text.prefix(10)) }
}
