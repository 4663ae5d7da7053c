import FHIRModel

/// What kind of service is ordered.
enum OrderCategory: String, CaseIterable, Sendable {
    case laboratory, radiology, referral

    /// SNOMED CT's code for ServiceRequest.category.
    private var concept: (code: String, display: String) {
        switch self {
        case .laboratory: ("108252007", "Laboratory procedure")
        case .radiology: ("363679005", "Imaging")
        case .referral: (Self.referralCode, "Patient referral")
        }
    }

    static let referralCode = "3457005"

    /// ServiceRequest.category.
    var request: CodeableConcept {
        var concept = CodeableConcept("http://snomed.info/sct", self.concept.code, display: self.concept.display)
        concept.coding += CodeableConcept(OrderSystems.category, rawValue).coding
        return concept
    }

    /// DiagnosticReport.category: R4 diagnosticreport-definitions.html, table 0074.
    var report: CodeableConcept {
        let code =
            switch self {
            case .laboratory: "LAB";
            case .radiology: "RAD";
            case .referral: "OTH"
            }
        return CodeableConcept("http://terminology.hl7.org/CodeSystem/v2-0074", code)
    }

    /// Observation.category.
    var observation: CodeableConcept {
        let code =
            switch self {
            case .laboratory: "laboratory";
            case .radiology: "imaging";
            case .referral: "exam"
            }
        return CodeableConcept("http://terminology.hl7.org/CodeSystem/observation-category", code)
    }

    /// Who takes the order up where nobody is named.
    var performerType: CodeableConcept {
        CodeableConcept(OrderSystems.role, self == .laboratory ? "laboratory" : "physician")
    }

    /// The kind that a stored order says it is; of no known kind, it is one of the laboratory.
    init(of categories: [CodeableConcept]) {
        let codes = Set(categories.flatMap(\.coding).compactMap(\.code))
        self = Self.allCases.first { codes.contains($0.concept.code) || codes.contains($0.rawValue) } ?? .laboratory
    }
}
