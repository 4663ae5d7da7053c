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
            var parameters = SQLParameters()
            parameters.append(text: series.name)
            parameters.append(int32: Int32(clamping: digitCount))
            let drawn = try await work.transaction.session.query(draw, parameters)
            guard let value = drawn.string(0, 0) else { throw StoreError(.fault, "the series gave no number") }
            if drawn.bool(0, 1) == true { continue }
            var identifier = Identifier.of(system, value)
            identifier.use = "usual"
            identifier.type = .of(typeSystem, typeCode, "Medical record number")
            return identifier
        }
    }

    /// The next number and whether a plain write has taken it.
    private static let draw = SQLStatement(
        """
        WITH n AS MATERIALIZED (SELECT clinic_next_number($1::text)::text AS number),
        v AS MATERIALIZED (SELECT lpad(number, greatest(length(number), $2::int), '0') AS mrn FROM n)
        SELECT mrn, EXISTS (SELECT FROM patient_mrn p WHERE p.mrn = v.mrn) FROM v
        """)
}
