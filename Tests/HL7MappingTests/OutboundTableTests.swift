import Testing

@testable import HL7Mapping

/// Every code comes back as it went (§2.3).
@Suite struct OutboundTableTests {
    @Test(arguments: ["male", "female", "other", "unknown"])
    func genders(_ gender: String) {
        #expect(AdministrativeSexTable.gender(OutboundPersonTable.sex(gender)).gender == gender)
    }

    @Test(arguments: ["A", "C", "D", "I", "L", "M", "S", "T", "U", "W"])
    func maritalStatuses(_ code: String) throws {
        let system = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"
        let letter = try #require(OutboundPersonTable.maritalStatus(system: system, code: code))
        #expect(MaritalStatusTable.concept(letter) == .concept(system, code))
    }

    @Test(arguments: ["UNK", "OTH", "NAVU"])
    func unknownMaritalStatuses(_ code: String) throws {
        let system = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"
        let letter = try #require(OutboundPersonTable.maritalStatus(system: system, code: code))
        #expect(MaritalStatusTable.concept(letter) == .concept(system, code))
    }

    @Test(arguments: ["official", "usual", "maiden", "nickname", "old", "anonymous", "temp"])
    func nameUses(_ use: String) { #expect(NameUseTable.use(OutboundPersonTable.nameType(use)) == use) }

    @Test(arguments: ["home", "work", "temp", "billing", "old"])
    func addressUses(_ use: String) {
        #expect(AddressTypeTable.use(OutboundPersonTable.addressType(use: use, type: "")) == use)
    }

    @Test func postalAddresses() {
        #expect(AddressTypeTable.type(OutboundPersonTable.addressType(use: "", type: "postal")) == "postal")
    }

    @Test(arguments: ["phone", "fax", "pager", "email"], ["home", "work", "mobile"])
    func contactPoints(_ system: String, _ use: String) {
        let (code, equipment) = OutboundPersonTable.telecom(use: use, system: system)
        #expect(TelecomTable.system(equipment.uppercased()) == system)
        #expect(TelecomTable.use(code) == use)
    }

    @Test(arguments: ["active", "on-hold", "revoked", "completed", "entered-in-error"], [true, false])
    func orderStatuses(_ status: String, _ isNew: Bool) {
        let (control, code) = OutboundOrderTable.control(status, isNew: isNew)
        #expect(OrderStatusTable.status(orderStatus: code, control: control) == status)
    }

    @Test(arguments: ["stat", "asap", "urgent", "routine"])
    func priorities(_ priority: String) {
        #expect(OrderStatusTable.priority(OutboundOrderTable.priority(priority)) == priority)
    }

    @Test(arguments: [
        "final", "preliminary", "corrected", "amended", "cancelled", "entered-in-error", "registered",
    ])
    func observationStatuses(_ status: String) {
        let code = OutboundOrderTable.observationStatus(status, hasValue: true)
        #expect(ObservationStatusTable.entry(code, reportStatus: "").status == status)
    }

    @Test(arguments: ["registered", "partial", "preliminary", "final", "corrected", "cancelled"])
    func reportStatuses(_ status: String) {
        #expect(ReportStatusTable.entry(OutboundOrderTable.reportStatus(status))?.status == status)
    }

    /// Never `W` or `D`, which are codes of another table (F-27).
    @Test func reportsInErrorGoOutAsCorrections() {
        #expect(OutboundOrderTable.reportStatus("entered-in-error") == "C")
        #expect(OutboundOrderTable.observationStatus("final", hasValue: true, isReportInError: true) == "W")
        #expect(OutboundOrderTable.observationStatus("final", hasValue: false, isReportInError: true) == "X")
    }

    @Test(arguments: [
        "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org", "http://hl7.org/fhir/sid/icd-10",
        "http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-9-cm", "http://www.ama-assn.org/go/cpt",
        "http://hl7.org/fhir/sid/cvx", "http://hl7.org/fhir/sid/mvx", "http://hl7.org/fhir/sid/ndc",
        "http://www.nlm.nih.gov/research/umls/rxnorm", "http://terminology.hl7.org/CodeSystem/v2-0078",
        "urn:oid:1.2.840.113619.2", "urn:iso:std:iso:3166",
    ])
    func codingSystems(_ system: String) throws {
        #expect(CodingSystemTable.uri(try #require(CodingSystemTable.name(system))) == system)
    }
}
