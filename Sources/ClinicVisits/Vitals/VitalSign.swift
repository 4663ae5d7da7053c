import Clinic
import FHIRModel
import JSONTape

/// The vital signs that the server knows, each with the one unit in which it is kept.
/// https://hl7.org/fhir/R4/observation-vitalsigns.html
struct VitalSign: Sendable, Hashable {
    /// LOINC.
    let code: String
    let display: String
    /// UCUM.
    let unit: String
    /// Components of the blood pressure panel stand in one resource.
    let isPressure: Bool

    static let loinc = "http://loinc.org"
    static let categorySystem = "http://terminology.hl7.org/CodeSystem/observation-category"
    static let profile = "http://hl7.org/fhir/StructureDefinition/vitalsigns"

    static var category: CodeableConcept { .of(categorySystem, "vital-signs", "Vital Signs") }

    static let pressurePanel = "85354-9"
    static let systolic = "8480-6"
    static let diastolic = "8462-4"

    static let all: [String: VitalSign] = Dictionary(
        uniqueKeysWithValues: table.map { row in
            let isPressure = row.0 == systolic || row.0 == diastolic
            return (row.0, VitalSign(code: row.0, display: row.1, unit: row.2, isPressure: isPressure))
        })

    /// The sign of a concept, by any of its LOINC codings.
    static func of(_ concept: CodeableConcept) -> VitalSign? {
        concept.coding.lazy.compactMap { coding in
            coding.system == nil || coding.system == loinc ? coding.code.flatMap { all[$0] } : nil
        }.first
    }

    /// The sign of an observation's or component's `code`.
    static func of(_ code: JSONNode?) -> VitalSign? {
        (code?["coding"]?.items ?? []).lazy.compactMap { coding in
            coding["system"]?.string == loinc ? coding["code"]?.string.flatMap { all[$0] } : nil
        }.first
    }

    var concept: CodeableConcept { .of(Self.loinc, code, display) }

    private static let table: [(String, String, String)] = [
        ("8310-5", "Body temperature", "Cel"),
        ("8867-4", "Heart rate", "/min"),
        ("9279-1", "Respiratory rate", "/min"),
        (systolic, "Systolic blood pressure", "mm[Hg]"),
        (diastolic, "Diastolic blood pressure", "mm[Hg]"),
        ("2708-6", "Oxygen saturation in Arterial blood", "%"),
        ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "%"),
        ("29463-7", "Body weight", "kg"),
        ("8302-2", "Body height", "cm"),
        ("9843-4", "Head Occipital-frontal circumference", "cm"),
        ("39156-5", "Body mass index (BMI) [Ratio]", "kg/m2"),
    ]
}
