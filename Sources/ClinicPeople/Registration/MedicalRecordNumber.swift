import Clinic
import FHIRModel
import FHIRStore
import PostgreSQL

/// Medical record numbers: identifiers of one system, from a series that may leave numbers out.
enum MedicalRecordNumber {
    /// Type of such identifiers: http://terminology.hl7.org/CodeSystem/v2-0203.
    static let typeSystem = "http://terminology.hl7.org/CodeSystem/v2-0203"
    static let typeCode = "MR"

    static let system = ClinicSetting(
        "patient.mrn-system", "Identifier system of the medical record numbers that the server gives out.",
        standard: #""urn:martlet:mrn""#)
    static let digitCount = ClinicSetting(
        "patient.mrn-digits", "Least number of digits of a medical record number, filled up with zeros.", standard: "6")

    private static let series = NumberSeries("patient", isGapFree: false)

    /// A new number as an identifier; those that plain writes have taken are passed over.
    static func next(_ work: ClinicWork, system: String) async throws -> Identifier {
        let digitCount = try await digitCount.integer(in: work.transaction)
        while true {
            let number = String(try await series.next(in: work.transaction))
            let value = String(repeating: "0", count: max(0, digitCount - number.utf8.count)) + number
            var parameters = SQLParameters()
            parameters.append(text: value)
            let taken = try await work.transaction.session.query(find, parameters)
            if taken.rowCount > 0 { continue }
            var identifier = Identifier.of(system, value)
            identifier.use = "usual"
            identifier.type = .of(typeSystem, typeCode, "Medical record number")
            return identifier
        }
    }

    private static let find = SQLStatement("SELECT 1 FROM patient_mrn WHERE mrn = $1::text LIMIT 1")
}
