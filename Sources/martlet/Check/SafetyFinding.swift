import JSONTape

/// Something about the settings that endangers what the server keeps.
struct SafetyFinding: Sendable, Hashable {
    enum Severity: String, Sendable {
        /// Must not stay like this.
        case unsafe
        /// May be meant like this.
        case advice
    }

    var severity: Severity
    /// For programs: `plain-http`.
    var code: String
    /// For people; what is wrong and what to do. Holds no secret.
    var text: String

    static func unsafe(_ code: String, _ text: String) -> SafetyFinding {
        SafetyFinding(severity: .unsafe, code: code, text: text)
    }

    static func advice(_ code: String, _ text: String) -> SafetyFinding {
        SafetyFinding(severity: .advice, code: code, text: text)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("severity", severity.rawValue)
        writer.member("code", code)
        writer.member("text", text)
        writer.endObject()
    }
}
