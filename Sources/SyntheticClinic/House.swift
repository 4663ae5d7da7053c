import JSONTape

/// What belongs to the clinic as a whole: the organisation, its departments with their places and services.
struct House {
    static let name = "Martlet Clinic"
    static let departments: [(name: String, specialty: Coding)] = [
        ("General Practice", .snomed("394814009", "General practice")),
        ("Cardiology", .snomed("394579002", "Cardiology")),
        ("Endocrinology", .snomed("394583002", "Endocrinology")),
        ("Paediatrics", .snomed("394537008", "Pediatric specialty")),
    ]

    let clinic: SyntheticClinic

    init(_ clinic: SyntheticClinic) { self.clinic = clinic }

    var organization: Link { Link(reference: "Organization/\(clinic.id(.organization, 0))", display: Self.name) }

    /// The organisation of a department, by its position in `departments`.
    func department(_ index: Int) -> Link {
        Link(
            reference: "Organization/\(clinic.id(.organization, index + 1))", display: Self.departments[index].name)
    }

    func location(_ index: Int) -> Link {
        Link(
            reference: "Location/\(clinic.id(.location, index + 1))", display: "\(Self.departments[index].name), rooms")
    }

    func service(_ index: Int) -> Link {
        Link(
            reference: "HealthcareService/\(clinic.id(.healthcareService, index))",
            display: "\(Self.departments[index].name) consultation")
    }

    func resources() -> [SyntheticClinic.Element] {
        var batch = Batch()
        batch.add("Organization", clinic.id(.organization, 0)) { writer in
            writer.identifiers("urn:martlet:organization", "MAIN")
            writer.key("active")
            writer.bool(true)
            writer.concepts("type", .hl7("organization-type", "prov", "Healthcare Provider"))
            writer.member("name", Self.name)
            writer.key("telecom")
            writer.beginArray()
            writer.telecom("phone", "+44 20 7946 0000", use: "work")
            writer.endArray()
        }
        batch.add("Location", clinic.id(.location, 0)) { writer in
            writer.identifiers("urn:martlet:location", "MAIN")
            writer.member("status", "active")
            writer.member("name", "\(Self.name), main building")
            writer.member("mode", "instance")
            writer.concept("physicalType", [.hl7("location-physical-type", "bu", "Building")])
            writer.link("managingOrganization", organization)
        }
        for index in Self.departments.indices { addDepartment(index, to: &batch) }
        return batch.elements
    }

    private func addDepartment(_ index: Int, to batch: inout Batch) {
        let (name, specialty) = Self.departments[index]
        batch.add("Organization", clinic.id(.organization, index + 1)) { writer in
            writer.identifiers("urn:martlet:organization", "D\(index + 1)")
            writer.key("active")
            writer.bool(true)
            writer.concepts("type", .hl7("organization-type", "dept", "Hospital Department"))
            writer.member("name", name)
            writer.link("partOf", organization)
        }
        batch.add("Location", clinic.id(.location, index + 1)) { writer in
            writer.identifiers("urn:martlet:location", "D\(index + 1)")
            writer.member("status", "active")
            writer.member("name", "\(name), rooms")
            writer.member("mode", "instance")
            writer.concept("physicalType", [.hl7("location-physical-type", "wa", "Ward")])
            writer.link("managingOrganization", department(index))
            writer.link("partOf", Link(reference: "Location/\(clinic.id(.location, 0))"))
        }
        batch.add("HealthcareService", clinic.id(.healthcareService, index)) { writer in
            writer.identifiers("urn:martlet:service", "S\(index + 1)")
            writer.key("active")
            writer.bool(true)
            writer.link("providedBy", organization)
            writer.concepts("specialty", specialty)
            writer.links("location", [location(index)])
            writer.member("name", "\(name) consultation")
        }
    }
}

/// Resources in the order made.
struct Batch {
    private(set) var elements: [SyntheticClinic.Element] = []

    /// Adds a resource; `body` writes what follows type and id.
    mutating func add(_ type: String, _ id: String, _ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter(reservingByteCount: 1600)
        writer.beginObject()
        writer.member("resourceType", type)
        writer.member("id", id)
        body(&writer)
        writer.endObject()
        elements.append((type, id, writer.bytes))
    }
}
