import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import JSONTape

/// Parameters that several operations take.
enum OperationParameter {
    static let reason = OperationParameterDeclaration(
        .input, "reason", 1, 1, "CodeableConcept", "Why; a string stands for its text.")
}

extension ClinicRole {
    /// Everybody who works in the clinic.
    static let staff = Set(ClinicRole.allCases).subtracting([.patient, .proxy, .system])
}

/// When a task was taken on and ended: how long it took is measured by it.
enum TaskPeriod {
    static func begun(_ stored: JSONNode?, _ now: Instant) -> [UInt8] {
        var edit = ResourceEdit(stored)
        if stored?["start"] == nil { edit.set("start", now.text) }
        return edit.bytes
    }

    static func ended(_ stored: JSONNode?, _ now: Instant) -> [UInt8] {
        var edit = ResourceEdit(stored)
        if stored?["start"] == nil { edit.set("start", now.text) }
        edit.set("end", now.text)
        return edit.bytes
    }
}

extension ResourceEdit {
    /// Adds what came of a task.
    mutating func appendOutput(_ reference: LocalReference, _ type: String) {
        append(
            "output",
            json: Self.json { writer in
                writer.beginObject()
                writer.key("type")
                writer.raw(CodeableConcept(text: type).json)
                writer.key("valueReference")
                writer.raw(reference.json)
                writer.endObject()
            })
    }
}
