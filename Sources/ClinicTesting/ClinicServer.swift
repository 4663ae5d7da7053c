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
                options.webhooks = ClinicWorkflows.webhooks
                configure(&options)
            }, body)
    }
}

extension TestClient {
    /// Operations that take another person than the step before.
    private static let secondSteps: Set<String> = ["verify", "refund", "apply-discount"]

    /// Calls an operation with parameters given as JSON texts: `call("Appointment/1/$cancel", [#"{"name": …}"#])`.
    ///
    /// Where no header says who acts, nobody does, but for the second steps: those a supervisor takes.
    package func call(
        _ path: String, _ parameters: [String] = [], key: String? = nil, headers: [(String, String)] = []
    ) async throws -> TestResponse {
        let list = parameters.isEmpty ? "" : #","parameter":["# + parameters.joined(separator: ",") + "]"
        var headers = headers
        let name = path.split(separator: "$").last.map(String.init) ?? ""
        if Self.secondSteps.contains(name), !headers.contains(where: { $0.0 == "X-Martlet-Actor" }) {
            headers.append(("X-Martlet-Actor", "Practitioner/supervisor"))
        }
        if let key { headers.append(("Idempotency-Key", key)) }
        return try await post(path, #"{"resourceType":"Parameters"\#(list)}"#, headers: headers)
    }
}
