import Access
import FHIRSearch
import FHIRServer
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import PostgreSQL

/// A small clinic of two tenants with two patients each, and the people who work there. Every resource holds a marker
/// that says what it is: `MARK.a.1.Observation`.
struct TwoTenants: Sendable {
    /// A resource of the clinic.
    struct Record: Sendable {
        var tenant: String
        var patient: Int
        var type: String
        /// What it is besides its type: `lab`, `label`.
        var kind: String
        var id: String { "\(tenant)\(patient)-\(type.lowercased())\(kind)" }
        var mark: String { "MARK.\(tenant).\(patient).\(type).\(kind)" }
        /// What it can be searched by.
        var identifier: String { "find-\(id)" }
    }

    /// Somebody who asks.
    enum Person: String, CaseIterable, Sendable {
        case patient, proxy, nurse, teamPhysician, strangePhysician, otherPhysician, laboratory, registration, program
        case nobody, appOfPatient
    }

    static let types =
        TestStore.commonTypes + [
            "AuditEvent", "Basic", "CareTeam", "Consent", "MedicationRequest", "Task",
        ]

    static let records: [Record] = ["a", "b"].flatMap { tenant in
        [1, 2].flatMap { patient in
            [
                ("Patient", ""), ("Encounter", ""), ("Condition", ""), ("Observation", "vital"), ("Observation", "lab"),
                ("Observation", "label"), ("ServiceRequest", "lab"), ("MedicationRequest", ""), ("Appointment", ""),
                ("AuditEvent", ""), ("DiagnosticReport", ""),
            ].map { Record(tenant: tenant, patient: patient, type: $0.0, kind: $0.1) }
        }
    }

    static func json(_ record: Record) -> String {
        let subject = #""subject":{"reference":"Patient/\#(record.tenant)\#(record.patient)-patient"}"#
        let encounter = #""encounter":{"reference":"Encounter/\#(record.tenant)\#(record.patient)-encounter"}"#
        let identifier = #"""
            "identifier":[{"system":"urn:mark","value":"\#(record.mark)"},
             {"system":"urn:find","value":"\#(record.identifier)"}]
            """#
        let code = #""code":{"coding":[{"system":"urn:code","code":"c"}],"text":"\#(record.mark)"}"#
        let category = { (code: String) in #""category":[{"coding":[{"code":"\#(code)"}]}]"# }
        let members =
            switch (record.type, record.kind) {
            case ("Patient", _): #""name":[{"family":"\#(record.mark)"}],\#(identifier)"#
            case ("Encounter", _):
                #""status":"in-progress","class":{"code":"AMB"},\#(subject),\#(identifier)"#
                    + (record.tenant == "a" && record.patient == 1
                        ? #","participant":[{"individual":{"reference":"Practitioner/team"}}]"# : "")
            case ("Condition", _): "\(subject),\(encounter),\(identifier),\(code)"
            case ("Observation", "lab"):
                #""status":"final",\#(subject),\#(encounter),\#(identifier),\#(code),\#(category("laboratory"))"#
            case ("Observation", "label"):
                #"""
                "status":"final",\#(subject),\#(encounter),\#(identifier),\#(code),
                "meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"V"}]}
                """#
            case ("Observation", _):
                #"""
                "status":"final",\#(subject),\#(encounter),\#(identifier),\#(code),\#(category("vital-signs")),
                "effectiveDateTime":"2026-05-04",
                "valueQuantity":{"value":7,"system":"http://unitsofmeasure.org","code":"mg"}
                """#
            case ("DiagnosticReport", _):
                #""status":"final",\#(subject),\#(encounter),\#(identifier),\#(code),\#(category("LAB"))"#
            case ("ServiceRequest", _):
                #""status":"active","intent":"order",\#(subject),\#(encounter),\#(identifier),\#(code)"#
            case ("MedicationRequest", _):
                #"""
                "status":"active","intent":"order",\#(subject),\#(identifier),
                "medicationCodeableConcept":{"text":"\#(record.mark)"}
                """#
            case ("Appointment", _):
                #"""
                "status":"proposed",\#(identifier),"participant":[{"status":"accepted",
                  "actor":{"reference":"Patient/\#(record.tenant)\#(record.patient)-patient"}}]
                """#
            default:
                #"""
                "type":{"code":"rest"},"recorded":"2026-05-04T00:00:00Z",
                "source":{"observer":{"display":"\#(record.mark)"}},
                "agent":[{"requestor":true,"who":{"reference":"Patient/\#(record.tenant)\#(record.patient)-patient"}}]
                """#
            }
        return #"{"resourceType":"\#(record.type)","id":"\#(record.id)",\#(members)}"#
    }

    static func fill(_ test: TestStore) async throws {
        for tenant in ["a", "b"] {
            var limit = AccessLimit(kind: "tenant") { _, _ in .tenant }
            limit.tenant = tenant
            let store = test.store.limited(to: limit)
            for record in records where record.tenant == tenant {
                let input = try test.input(json(record))
                _ = try await store.transaction { try await $0.create(input, id: record.id) }
            }
        }
    }

    static func principal(_ person: Person) -> Principal {
        func staff(_ role: String, _ practitioner: String, _ organization: String = "a") -> Principal {
            Principal(
                .account(person: practitioner), roles: [role], practitioner: practitioner, organization: organization)
        }
        switch person {
        case .patient:
            return Principal(.account(person: "p"), roles: ["patient"], patients: ["a1-patient"], organization: "a")
        case .proxy:
            return Principal(
                .account(person: "x"), roles: ["proxy"], patients: ["a1-patient", "a2-patient"], organization: "a")
        case .nurse: return staff("nurse", "nurse")
        case .teamPhysician: return staff("physician", "team")
        case .strangePhysician: return staff("physician", "strange")
        case .otherPhysician: return staff("physician", "team", "b")
        case .laboratory: return staff("laboratory", "lab")
        case .registration: return staff("registration", "desk")
        case .program:
            return Principal(
                .client("program"), scopes: ["system/Observation.rs?category=laboratory"].compactMap(SMARTScope.init),
                organization: "a")
        case .nobody: return Principal(.account(person: "n"), roles: [])
        case .appOfPatient:
            return Principal(
                .account(person: "x"), client: "app", roles: ["proxy"],
                scopes: ["patient/Patient.rs", "patient/Observation.rs"].compactMap(SMARTScope.init),
                patients: ["a1-patient", "a2-patient"], launchPatient: "a2-patient", organization: "a")
        }
    }

    /// What somebody may see, said apart from the code under test.
    static func sees(_ person: Person, _ record: Record) -> Bool {
        let isOwn = record.tenant == "a"
        switch person {
        case .patient: return isOwn && record.patient == 1 && record.type != "AuditEvent"
        // A proxy is not cleared for what is very restricted.
        case .proxy: return isOwn && record.type != "AuditEvent" && record.kind != "label"
        case .nurse: return isOwn && record.type != "AuditEvent" && record.kind != "label"
        case .teamPhysician:
            if record.type == "Appointment" { return isOwn }
            return isOwn && record.patient == 1 && record.type != "AuditEvent" && record.kind != "label"
        case .strangePhysician: return isOwn && record.type == "Appointment"
        case .otherPhysician: return record.tenant == "b" && record.type == "Appointment"
        case .laboratory:
            let types: Set<String> = ["Patient", "Appointment", "ServiceRequest", "DiagnosticReport"]
            return isOwn && (types.contains(record.type) || record.kind == "lab")
        case .registration: return isOwn && ["Patient", "Appointment", "Encounter"].contains(record.type)
        case .program: return isOwn && record.type == "Observation" && record.kind == "lab"
        case .nobody: return false
        case .appOfPatient:
            return isOwn && record.patient == 2 && ["Patient", "Observation"].contains(record.type)
                && record.kind != "label"
        }
    }
}

/// Believes tokens that are the names of people.
struct NamedTokens: PrincipalVerifying {
    var others: [String: Principal] = [:]

    func principal(token: String) async throws -> Principal? {
        others[token] ?? TwoTenants.Person(rawValue: token).map(TwoTenants.principal)
    }
}

extension TestServer {
    /// A server over the two tenants' clinic, in which the token of a person is the person's name.
    static func withTwoTenants(
        _ others: [String: Principal] = [:], operations: [any ResourceOperation] = [], isAudited: Bool = false,
        _ body: (TestServer) async throws -> Void
    ) async throws {
        try await with {
            $0.types = TwoTenants.types
            $0.operations = operations
            $0.isAudited = isAudited
            $0.access = { test in
                try await TwoTenants.fill(test)
                return TokenAccess(
                    verifier: NamedTokens(others: others), tokens: AccessTokens(database: test.database),
                    rights: RightsBook(store: test.store, indexer: test.store.indexer))
            }
        } _: {
            try await body($0)
        }
    }

    func client(_ person: TwoTenants.Person) -> TestClient { client(token: person.rawValue) }

    func client(token: String) -> TestClient {
        var client = client
        client.headers.append(("Authorization", "Bearer \(token)"))
        return client
    }
}
