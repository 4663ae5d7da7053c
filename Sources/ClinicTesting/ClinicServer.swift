package import FHIRServerTesting
import ClinicWorkflows
import FHIRServer

/// A whole server with all workflows of the clinic, over a new database with the tables of the types they touch.
package enum ClinicServer {
    /// The others would double the time that a test's database takes to make; `options.types` adds them.
    package static let types = [
        "Account", "ActivityDefinition", "AllergyIntolerance", "Appointment", "AppointmentResponse", "AuditEvent",
        "Basic", "Binary", "CarePlan", "CareTeam", "ChargeItem", "ChargeItemDefinition", "Claim", "ClaimResponse",
        "Communication", "CommunicationRequest", "Composition", "Condition", "Consent", "Coverage",
        "CoverageEligibilityRequest", "CoverageEligibilityResponse", "DetectedIssue", "Device", "DiagnosticReport",
        "DocumentReference", "Encounter", "Endpoint", "EpisodeOfCare", "ExplanationOfBenefit", "FamilyMemberHistory",
        "Flag", "Goal", "Group", "HealthcareService", "ImagingStudy", "Immunization", "Invoice", "List", "Location",
        "Measure", "MeasureReport", "Media", "Medication", "MedicationAdministration", "MedicationDispense",
        "MedicationKnowledge", "MedicationRequest", "MedicationStatement", "NutritionOrder", "Observation",
        "ObservationDefinition", "OperationDefinition", "Organization", "Patient", "PaymentNotice",
        "PaymentReconciliation", "Person", "PlanDefinition", "Practitioner", "PractitionerRole", "Procedure",
        "Provenance", "Questionnaire", "QuestionnaireResponse", "RelatedPerson", "RiskAssessment", "Schedule",
        "ServiceRequest", "Slot", "Specimen", "Substance", "SupplyDelivery", "SupplyRequest", "Task",
        "VerificationResult",
    ]

    @discardableResult
    package static func with<Result: Sendable>(
        _ configure: (inout TestServer.Options) -> Void = { _ in }, _ body: (TestServer) async throws -> Result
    ) async throws -> Result {
        try await TestServer.with(
            { options in
                options.types = types
                options.migrations = ClinicWorkflows.migrations
                options.operations = ClinicWorkflows.operations.map { WorkflowOperation($0) }
                configure(&options)
            }, body)
    }
}

extension TestClient {
    /// Calls an operation with parameters given as JSON texts: `call("Appointment/1/$cancel", [#"{"name": …}"#])`.
    package func call(
        _ path: String, _ parameters: [String] = [], key: String? = nil, headers: [(String, String)] = []
    ) async throws -> TestResponse {
        let list = parameters.isEmpty ? "" : #","parameter":["# + parameters.joined(separator: ",") + "]"
        let keyHeader = key.map { [("Idempotency-Key", $0)] } ?? []
        return try await post(path, #"{"resourceType":"Parameters"\#(list)}"#, headers: headers + keyHeader)
    }
}
