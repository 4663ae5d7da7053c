/// Identifier and code systems of orders and results.
enum OrderSystems {
    /// Placer numbers from the clinic's series. `urn:martlet:placer` is that of orders without a number, whose id goes
    /// out in messages in its place.
    static let placer = "urn:martlet:order-number"
    /// Orders that were placed together.
    static let requisition = "urn:martlet:requisition"
    static let label = "urn:martlet:specimen-label"
    static let report = "urn:martlet:report"
    /// Kinds of tasks besides those of HL7.
    static let task = "urn:martlet:task-code"
    static let category = "urn:martlet:order-category"
    static let role = "urn:martlet:role"
    static let account = "urn:martlet:account"

    static let taskCode = "http://hl7.org/fhir/CodeSystem/task-code"
    static let identifierType = "http://terminology.hl7.org/CodeSystem/v2-0203"
    static let interpretation = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    static let statusReason = "http://hl7.org/fhir/StructureDefinition/request-statusReason"
}
