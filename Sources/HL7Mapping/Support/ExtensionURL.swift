/// Addresses of the extensions that the maps use.
enum ExtensionURL {
    private static let core = "http://hl7.org/fhir/StructureDefinition/"

    static let alternateCodes = core + "alternate-codes"
    static let analysisTime = core + "observation-analysis-date-time"
    static let birthPlace = core + "patient-birthPlace"
    static let birthTime = core + "patient-birthTime"
    static let citizenship = core + "patient-citizenship"
    static let dataAbsentReason = core + "data-absent-reason"
    static let modeOfArrival = core + "encounter-modeOfArrival"
    static let mothersMaidenName = core + "patient-mothersMaidenName"
    static let nationality = core + "patient-nationality"
    static let natureOfAbnormalTest = core + "observation-nature-of-abnormal-test"
    static let originalText = core + "originalText"
    static let performerFunction = core + "event-performerFunction"
    static let religion = core + "patient-religion"
    static let reportReplaces = core + "diagnosticReport-replaces"
    static let requestStatusReason = core + "request-statusReason"
    static let representation = core + "iso21090-EN-representation"
    static let subID = core + "observation-v2-subid"
    /// R5's `Encounter.plannedStartDate` and `.plannedEndDate`, brought to R4.
    static let plannedStartR5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedStartDate"
    static let plannedEndR5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedEndDate"
    /// R5's `Observation.value` for attachments, and `DiagnosticReport.note`, brought to R4.
    static let observationValueR5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.value"
    static let reportNoteR5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.note"
}
