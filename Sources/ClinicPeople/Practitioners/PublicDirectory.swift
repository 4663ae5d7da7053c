import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `HealthcareService/$public-directory`: services and practitioners as anybody may see them.
///
/// Services are shown while they are active, unless they say no; practitioners only if they, or their roles, say yes.
/// Of each only what the public needs: no identifiers, so no licence numbers, no private contact, no birth dates.
struct PublicDirectory: ClinicOperation {
    /// Extension of HealthcareService, PractitionerRole and Practitioner: whether the public may see it (valueBoolean).
    static let url = "urn:martlet:public"

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "public-directory", typeName: "HealthcareService", level: .type, affectsState: false,
            documentation: "Services, roles and practitioners that the public may see.",
            roles: Set(ClinicRole.allCases),
            parameters: [
                .init(.input, "specialty", 0, nil, "code", "Only of these specialties."),
                .init(.output, "return", 1, 1, "Bundle", "What may be seen, without anything private."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let specialties = work.parameters.texts("specialty")
        let filter = specialties.isEmpty ? [] : [("specialty", specialties.joined(separator: ","))]
        let services = try await work.search("HealthcareService", [("active", "true"), ("_sort", "name")] + filter)
            .filter { Self.consent($0.node) != false }
        let roles = try await work.search("PractitionerRole", [("active", "true")] + filter)
        var practitioners: [LocalReference: StoredResource] = [:]
        let named = roles.compactMap { $0.reference("practitioner") }
        for start in stride(from: 0, to: named.count, by: 100) {
            let ids = named[start..<min(start + 100, named.count)].map(\.id).joined(separator: ",")
            for found in try await work.search("Practitioner", [("_id", ids)]) {
                practitioners[found.reference] = found
            }
        }
        var shown: [(String?, [UInt8])] = services.map { entry($0, Self.serviceElements, work) }
        var seen: Set<LocalReference> = []
        for role in roles {
            guard let reference = role.reference("practitioner"), let person = practitioners[reference],
                person.node["active"]?.bool != false, Self.consent(role.node) ?? Self.consent(person.node) ?? false
            else { continue }
            do {
                try await LicenceRule.require(reference, work)
            } catch let error as StoreError where error.details == "licence-unverified" {
                continue
            }
            shown.append(entry(role, Self.roleElements, work))
            if seen.insert(reference).inserted { shown.append(entry(person, Self.practitionerElements, work)) }
        }
        return ClinicAnswer(entries: shown.map { (fullURL: $0.0, json: $0.1) })
    }

    private static func consent(_ resource: JSONNode) -> Bool? {
        (resource["extension"]?.items ?? []).first { $0["url"]?.string == url }?["valueBoolean"]?.bool
    }

    private static let serviceElements: Set<String> = [
        "active", "providedBy", "category", "type", "specialty", "location", "name", "comment", "extraDetails", "photo",
        "telecom", "coverageArea", "serviceProvisionCode", "eligibility", "program", "characteristic", "communication",
        "referralMethod", "appointmentRequired", "availableTime", "notAvailable", "availabilityExceptions",
    ]
    private static let roleElements: Set<String> = [
        "active", "practitioner", "organization", "code", "specialty", "location", "healthcareService", "availableTime",
        "notAvailable", "availabilityExceptions",
    ]
    private static let practitionerElements: Set<String> = [
        "active", "name", "gender", "photo", "qualification", "communication",
    ]

    private func entry(_ stored: StoredResource, _ elements: Set<String>, _ work: ClinicWork) -> (String?, [UInt8]) {
        let json = ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", stored.reference.typeName)
            writer.member("id", stored.reference.id)
            writer.key("meta")
            writer.raw(Self.subsetted.utf8)
            for (key, value) in stored.node.members where elements.contains(key) {
                writer.key(named: key)
                if key == "qualification" { Self.write(qualifications: value, to: &writer) } else { writer.copy(value) }
            }
            writer.endObject()
        }
        return ("\(work.call.base)/\(stored.reference.text)", json)
    }

    /// What somebody has learnt, without the numbers of licences.
    private static func write(qualifications: JSONNode, to writer: inout JSONWriter) {
        writer.beginArray()
        for item in qualifications.items {
            writer.beginObject()
            for (key, value) in item.members where key == "code" || key == "period" {
                writer.key(named: key)
                writer.copy(value)
            }
            writer.endObject()
        }
        writer.endArray()
    }

    private static let subsetted =
        #"{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}]}"#
}
