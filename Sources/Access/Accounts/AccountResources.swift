import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// The resources of an account as they are made, gathered and then written in one round trip.
struct AccountResources {
    let transaction: StoreTransaction
    private var commands: [WriteCommand] = []

    init(_ transaction: StoreTransaction) { self.transaction = transaction }

    /// Adds a resource under a random id, or the one given. Throws `StoreError` (422) for one that is not valid.
    @discardableResult
    mutating func add(_ typeName: String, json: [UInt8], id: String? = nil) async throws -> String {
        let store = transaction.store
        guard let type = store.definitions.resourceType(named: typeName) else {
            throw StoreError(.fault, "the definitions lack \(typeName)")
        }
        let input = ResourceInput(type: type, document: try Document.parse(json, limits: .fhir))
        try await store.check(input)
        let id = id ?? RandomToken.uuid()
        commands.append(store.createCommand(input, id: id))
        return id
    }

    func write() async throws { _ = try await transaction.apply(commands) }

    static func person(_ account: NewAccount, links: [String]) -> Person {
        var person = Person()
        person.active = account.state == .active
        if let name = account.name { person.name = [name] }
        person.telecom = contacts(account)
        person.birthDate = account.birthDate.flatMap { FHIRDate($0) }
        person.language = account.language
        person.managingOrganization = account.organization.map { reference("Organization/" + $0) }
        person.link = links.map { target in
            var link = Person.Link()
            link.target = reference(target)
            return link
        }
        return person
    }

    static func patient(_ account: NewAccount) -> Patient {
        var patient = Patient()
        patient.active = true
        if let name = account.name { patient.name = [name] }
        patient.telecom = contacts(account)
        patient.birthDate = account.birthDate.flatMap { FHIRDate($0) }
        patient.managingOrganization = account.organization.map { reference("Organization/" + $0) }
        return patient
    }

    /// A Patient of the name, contacts and birth date of a Person.
    static func patient(of person: JSONNode) -> [UInt8] {
        resource("Patient", ["name", "telecom", "birthDate", "managingOrganization"], of: person)
    }

    static func practitioner(of person: JSONNode) -> [UInt8] {
        resource("Practitioner", ["name", "telecom"], of: person)
    }

    private static func resource(_ typeName: String, _ members: [String], of person: JSONNode) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", typeName)
        writer.key("active")
        writer.bool(true)
        for name in members {
            guard let value = person[named: name] else { continue }
            writer.key(named: name)
            writer.copy(value)
        }
        writer.endObject()
        return writer.bytes
    }

    static func practitioner(_ account: NewAccount) -> Practitioner {
        var practitioner = Practitioner()
        practitioner.active = true
        if let name = account.name { practitioner.name = [name] }
        practitioner.telecom = contacts(account)
        return practitioner
    }

    /// - Parameter isActive: false for a role that is only proposed.
    static func role(
        _ role: NewAccount.Role, practitioner: String, organization: String?, isActive: Bool = true
    ) -> PractitionerRole {
        var resource = PractitionerRole()
        resource.active = isActive
        resource.period = role.period
        resource.practitioner = reference("Practitioner/" + practitioner)
        resource.organization = organization.map { reference("Organization/" + $0) }
        var concept = CodeableConcept()
        var coding = Coding()
        coding.system = RoleCatalog.system
        coding.code = role.code
        coding.display = RoleCatalog.display(role.code)
        concept.coding = [coding]
        resource.code = [concept]
        resource.location = role.locations.map { reference("Location/" + $0) }
        return resource
    }

    private static func contacts(_ account: NewAccount) -> [ContactPoint] {
        var email = ContactPoint()
        email.system = "email"
        email.value = account.email.text
        guard let number = account.phone else { return [email] }
        var phone = ContactPoint()
        phone.system = "phone"
        phone.value = number
        return [email, phone]
    }

    static func reference(_ target: String) -> Reference {
        var reference = Reference()
        reference.reference = target
        return reference
    }

    /// A resource with one member replaced; the rest as it was.
    static func setting(_ name: String, _ json: String, in node: JSONNode) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in node.members where key != name && key != "_" + name {
            writer.key(named: key)
            writer.copy(value)
        }
        writer.key(named: name)
        writer.raw(Array(json.utf8))
        writer.endObject()
        return writer.bytes
    }
}
