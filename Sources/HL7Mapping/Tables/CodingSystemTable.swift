/// HL7 table 0396, the names that have a URI in FHIR.
enum CodingSystemTable {
    private static let known: [String: String] = [
        "LN": "http://loinc.org", "LOINC": "http://loinc.org",
        "SCT": "http://snomed.info/sct", "SNM": "http://snomed.info/sct", "SNOMED": "http://snomed.info/sct",
        "SCT2": "http://snomed.info/sct", "UCUM": "http://unitsofmeasure.org",
        "I9": "http://hl7.org/fhir/sid/icd-9-cm", "I9C": "http://hl7.org/fhir/sid/icd-9-cm",
        "I10": "http://hl7.org/fhir/sid/icd-10", "I10C": "http://hl7.org/fhir/sid/icd-10-cm",
        "C4": "http://www.ama-assn.org/go/cpt", "CPT": "http://www.ama-assn.org/go/cpt",
        "CVX": "http://hl7.org/fhir/sid/cvx", "MVX": "http://hl7.org/fhir/sid/mvx",
        "NDC": "http://hl7.org/fhir/sid/ndc", "RXNORM": "http://www.nlm.nih.gov/research/umls/rxnorm",
        "CDCREC": "urn:oid:2.16.840.1.113883.6.238", "MDC": "urn:iso:std:iso:11073:10101",
        "ISO3166_1": "urn:iso:std:iso:3166",
    ]

    /// `nil` for names that are the sender's own.
    static func uri(_ name: String) -> String? {
        let upper = name.uppercased()
        if let uri = known[upper] { return uri }
        // HL70078, and 0078 as older senders write it.
        let digits = upper.hasPrefix("HL7") ? upper.dropFirst(3) : upper[...]
        if digits.count == 4, digits.isDigits {
            return "http://terminology.hl7.org/CodeSystem/v2-" + digits
        }
        if upper.split(separator: ".").count > 3, upper.allSatisfy({ $0 == "." || $0.isNumber }) {
            return "urn:oid:" + name
        }
        return nil
    }

    /// Names by URI where a URI has several.
    private static let preferred: Set<String> = [
        "LN", "SCT", "UCUM", "I9C", "I10", "I10C", "C4", "CVX", "MVX", "NDC", "RXNORM", "CDCREC", "MDC", "ISO3166_1",
    ]

    /// The name of a URI; `nil` where the table has none.
    static func name(_ uri: String) -> String? {
        if let found = known.first(where: { $0.value == uri && preferred.contains($0.key) }) { return found.key }
        if uri.hasPrefix("http://terminology.hl7.org/CodeSystem/v2-") { return "HL7" + uri.suffix(4) }
        return uri.hasPrefix("urn:oid:") ? String(uri.dropFirst("urn:oid:".count)) : nil
    }
}
