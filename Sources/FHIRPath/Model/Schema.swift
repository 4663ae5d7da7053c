import FHIRDefinitions
import JSONTape
import Synchronization

/// What the definitions say, laid out for evaluation: by number of the type, without look-ups by name.
final class Schema: Sendable {
    let definitions: FHIRDefinitions
    /// What a type's values are to the system, by `TypeID.rawValue`.
    let kinds: [ValueKind]
    let element: TypeID
    let resource: TypeID
    let string: TypeID
    let `extension`: TypeID
    let quantity: TypeID
    let xhtml: TypeID
    private let isResourceType: [Bool]
    private let names: Mutex<[String: ElementName]> = Mutex([:])
    private let elementNames: Set<String>

    init(_ definitions: FHIRDefinitions) {
        func type(_ name: String) -> TypeID {
            guard let type = definitions.type(named: name) else { preconditionFailure("the tables lack \(name)") }
            return type
        }
        self.definitions = definitions
        element = type("Element")
        resource = type("Resource")
        string = type("string")
        `extension` = type("Extension")
        quantity = type("Quantity")
        xhtml = type("xhtml")
        let resourceType = type("Resource")
        isResourceType = definitions.types.indices.map {
            definitions.isKind(TypeID(rawValue: UInt16($0)), of: resourceType)
        }
        kinds = definitions.types.indices.map { ValueKind(TypeID(rawValue: UInt16($0)), definitions) }
        elementNames = Set(definitions.elements.map(\.name))
    }

    func isResource(_ type: TypeID) -> Bool { isResourceType[Int(type.rawValue)] }

    func kind(_ type: TypeID) -> ValueKind { kinds[Int(type.rawValue)] }

    /// What a name means in each type; nil if no type has such an element.
    func elementName(_ name: String) -> ElementName? {
        guard elementNames.contains(name) else { return nil }
        return names.withLock { names in
            if let known = names[name] { return known }
            let made = ElementName(name, self)
            names[name] = made
            return made
        }
    }

    /// The type that a resource's JSON names, else the one expected.
    @inline(__always)
    func resourceType(of object: Document.Index, in document: Document, expected: TypeID) -> TypeID {
        guard let member = document.member("resourceType", of: object) else { return expected }
        return document.withString(member) { definitions.resourceType(utf8: $0) } ?? expected
    }

    /// The system types and FHIR types that a name can mean.
    func resolve(_ specifier: TypeSpecifier) -> TypeMatch {
        var match = TypeMatch()
        if specifier.namespace != "System", !specifier.name.utf8.contains(UInt8(ascii: ".")) {
            match.fhir = definitions.type(named: specifier.name)
        }
        if specifier.namespace != "FHIR" { match.system = SystemType(rawValue: specifier.name) }
        return match
    }
}

/// What a type specifier means: both namespaces where it names none (FHIRPath 2.0 §8.2).
struct TypeMatch: Sendable {
    var fhir: TypeID?
    var system: SystemType?

    var isEmpty: Bool { fhir == nil && system == nil }
}

/// How the value of an element reads.
enum ValueKind: Sendable {
    case boolean, integer, decimal, string, date, dateTime, time
    case quantity
    /// Everything with elements of its own.
    case complex

    init(_ type: TypeID, _ definitions: FHIRDefinitions) {
        self = .complex
        var next: TypeID? = type
        while let current = next {
            switch definitions.name(of: current) {
            case "boolean": self = .boolean
            case "integer": self = .integer
            case "decimal": self = .decimal
            case "date": self = .date
            case "dateTime", "instant": self = .dateTime
            case "time": self = .time
            case "Quantity": self = .quantity
            default:
                next = definitions[current].base
                continue
            }
            return
        }
        if definitions[type].kind == .primitive { self = .string }
    }

    var isPrimitive: Bool { self != .complex && self != .quantity }
}
