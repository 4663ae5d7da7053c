import FHIRDefinitions
package import FHIRSearch
import FHIRStore

/// Which module a resource belongs to, by its type and, for a few types, by what it is coded as.
package struct ModuleTable: Sendable {
    /// Resources of a type that a search finds belong to the module.
    package struct Rule: Sendable {
        package var type: String
        package var parameter: String
        package var value: String
        package var module: AccessModule
    }

    /// What resources of a type belong to unless a rule says otherwise.
    package static let types: [AccessModule: String] = [
        .patients: "Patient RelatedPerson Group Consent",
        .scheduling: "Appointment AppointmentResponse Schedule Slot",
        .encounters: """
            Encounter EpisodeOfCare Condition AllergyIntolerance Composition ClinicalImpression Procedure CarePlan \
            CareTeam Goal DocumentReference DocumentManifest FamilyMemberHistory DetectedIssue RiskAssessment Flag \
            List \
            Observation Media Immunization ImmunizationEvaluation ImmunizationRecommendation NutritionOrder \
            Communication CommunicationRequest BodyStructure VisionPrescription Basic Task RequestGroup \
            GuidanceResponse Binary Bundle Linkage ResearchSubject DeviceUseStatement Contract
            """,
        .laboratory: "Specimen DiagnosticReport ServiceRequest MolecularSequence SubstanceSpecification",
        .radiology: "ImagingStudy",
        .medicines: "MedicationRequest MedicationDispense MedicationAdministration MedicationStatement",
        .inventory: "SupplyRequest SupplyDelivery Substance BiologicallyDerivedProduct",
        .billing: """
            Invoice ChargeItem Claim ClaimResponse Coverage CoverageEligibilityRequest CoverageEligibilityResponse \
            EnrollmentRequest EnrollmentResponse ExplanationOfBenefit PaymentNotice PaymentReconciliation Account \
            InsurancePlan
            """,
        .humanResources: "Practitioner PractitionerRole Organization OrganizationAffiliation VerificationResult",
        .quality: "AdverseEvent MeasureReport",
        .satisfaction: "Questionnaire QuestionnaireResponse",
        .maintenance: "Device DeviceMetric DeviceRequest",
        .users: "Person AuditEvent Provenance",
        .directory: "Location HealthcareService Endpoint Medication MedicationKnowledge ChargeItemDefinition",
        .definitions: """
            ActivityDefinition CapabilityStatement CatalogEntry CodeSystem CompartmentDefinition ConceptMap \
            DeviceDefinition EffectEvidenceSynthesis EventDefinition Evidence EvidenceVariable ExampleScenario \
            GraphDefinition ImplementationGuide Library Measure MessageDefinition NamingSystem ObservationDefinition \
            MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication \
            MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction \
            MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical \
            MedicinalProductUndesirableEffect OperationDefinition PlanDefinition ResearchDefinition \
            ResearchElementDefinition ResearchStudy \
            RiskEvidenceSynthesis SearchParameter SpecimenDefinition StructureDefinition StructureMap \
            SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation \
            SubstanceSourceMaterial TerminologyCapabilities TestReport TestScript ValueSet
            """,
        .system: "MessageHeader OperationOutcome Parameters Subscription",
    ]

    /// The first that fits decides.
    package static let rules: [Rule] = [
        Rule(type: "Observation", parameter: "category", value: "laboratory", module: .laboratory),
        Rule(type: "Observation", parameter: "category", value: "imaging", module: .radiology),
        Rule(type: "DiagnosticReport", parameter: "category", value: radiologyReports, module: .radiology),
        Rule(type: "ServiceRequest", parameter: "category", value: "363679005,radiology,imaging", module: .radiology),
        Rule(type: "ServiceRequest", parameter: "category", value: "3457005,referral", module: .referrals),
        Rule(
            type: "Task", parameter: "code", value: "lab-request,review-result,recollect-specimen", module: .laboratory
        ),
        Rule(type: "Task", parameter: "code", value: "rx-request", module: .medicines),
        Rule(type: "Task", parameter: "code", value: "referral", module: .referrals),
        Rule(type: "Task", parameter: "code", value: "connection-request,waitlist", module: .scheduling),
        Rule(type: "Task", parameter: "code", value: "ticket,helpdesk", module: .helpdesk),
        Rule(type: "Task", parameter: "code", value: "incident,complaint,capa", module: .quality),
        Rule(type: "Task", parameter: "code", value: "work-order,maintenance", module: .maintenance),
        Rule(type: "Task", parameter: "code", value: "leave-request,onboarding", module: .humanResources),
        Rule(type: "Basic", parameter: "code", value: "cash-session", module: .billing),
        Rule(type: "Basic", parameter: "code", value: "stock,stock-item,stock-count", module: .inventory),
        Rule(type: "Basic", parameter: "code", value: "policy", module: .users),
    ]

    /// Sections of imaging in http://terminology.hl7.org/CodeSystem/v2-0074.
    private static let radiologyReports = "RAD,CT,CUS,MRI,NMR,NMS,OUS,RUS,RX,VUS,XRC,imaging"

    /// Modules of a type with the condition that puts a resource into each.
    struct Membership: Sendable {
        var module: AccessModule
        var condition: RowCondition
    }

    private let byType: [TypeID: [Membership]]

    package init(indexer: SearchIndexer) {
        let definitions = indexer.definitions
        var byType: [TypeID: [Membership]] = [:]
        for (module, names) in Self.types {
            for name in names.split(separator: " ") {
                guard let type = definitions.resourceType(named: String(name)) else { continue }
                var memberships: [Membership] = []
                var others: [RowCondition] = []
                for rule in Self.rules where rule.type == name {
                    guard let condition = Self.condition(rule, type, indexer) else { continue }
                    memberships.append(
                        Membership(module: rule.module, condition: .conjunction([condition] + others.map { .not($0) })))
                    others.append(condition)
                }
                memberships.append(
                    Membership(module: module, condition: .conjunction(others.map { .not($0) })))
                byType[type] = memberships
            }
        }
        self.byType = byType
    }

    /// Types of no module are the server's own.
    func memberships(of type: TypeID) -> [Membership] {
        byType[type] ?? [Membership(module: .system, condition: .always)]
    }

    private static func condition(_ rule: Rule, _ type: TypeID, _ indexer: SearchIndexer) -> RowCondition? {
        let request = try? SearchRequest.parse(
            type: type, pairs: [(rule.parameter, rule.value)], handling: .strict, indexer: indexer)
        return request.map { RowCondition($0, indexer: indexer) }
    }
}

extension RowCondition {
    /// What a search finds.
    init(_ request: SearchRequest, indexer: SearchIndexer) {
        switch PredicateBuilder(indexer: indexer, now: 0).predicate(for: request) {
        case .always: self = .always
        case .never: self = .never
        case .keys(let keys, _): self = .keys(keys)
        case let predicate: self = .search(predicate)
        }
    }
}
