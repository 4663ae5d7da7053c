import FHIRDefinitions
import JSONTape

/// Faults of resources that were published with the standard: they keep no resource from being stored, lest the
/// standard's own examples be refused. Each is as narrow as the example that has it; whatever is only like it is
/// an error.
enum PublishedSlip {
    /// What references of an element point at besides the types it allows, by the element's path: in
    /// `DeviceUseStatement/example`, `MedicationRequest/medrx0301` and `Observation/clinical-gender`.
    private static let targets = [
        "DeviceUseStatement.reasonReference": "Procedure",
        "MedicationRequest.dispenseRequest.performer": "Practitioner",
        "Observation.performer": "Encounter",
    ]

    /// The type that references of an element may point at though it does not allow it.
    static func target(of path: String, _ definitions: FHIRDefinitions) -> TypeID? {
        targets[path].flatMap { definitions.resourceType(named: $0) }
    }

    /// Whether an extension has this part although its definition calls it otherwise: in `Bundle/hla-1`.
    static func hasPart(_ name: String, _ url: String) -> Bool {
        name == "uri" && url == "http://hl7.org/fhir/StructureDefinition/hla-genotyping-results-glstring"
    }

    /// Whether a missing element is the `linkId` of a text to display below another item: in `Questionnaire/qs1`.
    ///
    /// - Parameter place: FHIRPath of the object that lacks it.
    static func isOmission(
        _ path: String, in object: Document.Index, of document: Document, at place: @autoclosure () -> String
    ) -> Bool {
        guard path == "Questionnaire.item.linkId", let type = document.member("type", of: object),
            document.isString(type, equalTo: "display")
        else { return false }
        return place().split(separator: ".").count > 2
    }

    /// Whether a narrative is a `div` with line breaks alone, as a generator leaves it that had nothing to print: in
    /// `EventDefinition/example`.
    static func isBlankNarrative(_ div: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = div.firstIndex(of: UInt8(ascii: ">")), let end = div.lastIndex(of: UInt8(ascii: "<")),
            start < end
        else { return false }
        let content = div[(start + 1)..<end]
        return content.contains(0x0A) && content.allSatisfy { $0 <= 0x20 }
    }
}
