/// The resources that have a model: those the clinic's workflows touch.
enum ModelledResources {
    static let names = [
        "Account", "AdverseEvent", "AllergyIntolerance", "Appointment", "AppointmentResponse", "AuditEvent", "Basic",
        "Binary", "Bundle", "CapabilityStatement", "CarePlan", "CareTeam", "ChargeItem", "ChargeItemDefinition",
        "Claim", "ClaimResponse", "Communication", "CommunicationRequest", "Composition", "Condition", "Consent",
        "Coverage", "Device", "DiagnosticReport", "DocumentReference", "Encounter", "Endpoint", "EpisodeOfCare",
        "Flag", "Group", "HealthcareService", "Immunization", "Invoice", "List", "Location", "Measure",
        "MeasureReport", "Medication", "MedicationAdministration", "MedicationDispense", "MedicationRequest",
        "MedicationStatement", "MessageHeader", "Observation", "OperationDefinition", "OperationOutcome",
        "Organization", "Parameters", "Patient", "PaymentNotice", "PaymentReconciliation", "Person", "Practitioner",
        "PractitionerRole", "Procedure", "Provenance", "Questionnaire", "QuestionnaireResponse", "RelatedPerson",
        "Schedule", "ServiceRequest", "Slot", "Specimen", "Subscription", "SupplyDelivery", "SupplyRequest", "Task",
    ]
}
