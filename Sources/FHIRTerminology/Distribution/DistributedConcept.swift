/// A concept as the publishers of a code system distribute it.
package struct DistributedConcept: Sendable, Equatable {
    package var code: String
    package var display: String?
    package var isInactive = false
    package var designations: [Designation] = []
    /// Name and value of the properties, in order.
    package var properties: [Property] = []
    /// Codes that it is a kind of, directly.
    package var parents: [String] = []

    package struct Property: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(code: String, display: String?) {
        self.code = code
        self.display = display
    }

    /// Adds a property that has a value.
    mutating func add(_ name: String, _ value: String?) {
        if let value, !value.isEmpty { properties.append(Property(name: name, value: value)) }
    }
}

/// Which publisher's files are read.
package enum TerminologyDistribution: String, Sendable, CaseIterable {
    case loinc
    case snomed
    case icd10cm = "icd-10-cm"

    package var url: String {
        switch self {
        case .loinc: "http://loinc.org"
        case .snomed: "http://snomed.info/sct"
        case .icd10cm: "http://hl7.org/fhir/sid/icd-10-cm"
        }
    }

    package var name: String {
        switch self {
        case .loinc: "LOINC"
        case .snomed: "SNOMED_CT"
        case .icd10cm: "ICD10CM"
        }
    }
}
