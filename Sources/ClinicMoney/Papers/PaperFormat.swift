import Clinic
import FHIRStore
import FoundationEssentials
import JSONTape

/// What documents are made as.
enum PaperFormat: String, CaseIterable, Sendable {
    case pdf = "application/pdf"
    case csv = "text/csv"

    /// Throws `StoreError` (400) for another.
    init(_ parameters: OperationParameters, standard: PaperFormat = .pdf) throws {
        self = try parameters.code("format", PaperFormat.self) ?? standard
    }

    /// The answer of an operation that makes a document.
    static func answer(_ bytes: [UInt8], as format: PaperFormat, about: LocalReference) -> ClinicAnswer {
        ClinicAnswer(resource: binary(bytes, format.rawValue, about: about))
    }

    /// A Binary that is not stored.
    static func binary(_ bytes: [UInt8], _ contentType: String, about: LocalReference? = nil) -> [UInt8] {
        var binary = ResourceEdit(nil)
        binary.set("resourceType", "Binary")
        binary.set("contentType", contentType)
        if let about { binary.set("securityContext", json: about.json) }
        binary.set("data", Data(bytes).base64EncodedString())
        return binary.bytes
    }
}
