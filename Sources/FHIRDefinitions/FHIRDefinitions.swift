import CFHIRDefinitions

/// The tables of FHIR R4: types, elements, search parameters, compartments and codes.
///
/// Read from text embedded in the program, once; immutable after that. Everything is numbered, so that code on the
/// request path compares and indexes numbers.
package final class FHIRDefinitions: Sendable {
    /// FHIR R4 (4.0.1), read at first use.
    package static let r4 = FHIRDefinitions(.embedded)

    /// All types, by `TypeID.rawValue`; a type's base stands before it.
    package let types: [TypeDefinition]
    /// All elements, by `ElementID.rawValue`; those of a type are contiguous, in the standard's order.
    package let elements: [ElementDefinition]
    /// The concrete resource types, sorted by name.
    package let resourceTypes: [TypeID]
    /// The distinct invariants, by `Invariant.index`.
    package let invariants: [Invariant]
    /// By `SearchParameterDefinition.index`, sorted by URL.
    package let searchParameters: [SearchParameterDefinition]
    /// Sorted by code.
    package let compartments: [CompartmentDefinition]

    private let names: KeyTable
    private let properties: KeyTable
    private let searchParameterCodes: KeyTable
    private let searchParametersByType: [[Int]]
    let valueSets: [ValueSetCodes]
    let valueSetURLs: KeyTable
    let valueSetCodes: KeyTable
    let valueSetSystems: KeyTable
    private let resourceBase: TypeID
    private let domainResourceBase: TypeID

    init(_ tables: Tables) {
        let structures = StructureLoader(tables)
        types = structures.types
        elements = structures.elements
        invariants = structures.invariants
        names = structures.names
        properties = PropertyLoader.properties(of: structures)
        let allTypes = structures.types
        resourceTypes = allTypes.indices.filter { allTypes[$0].kind == .resource && !allTypes[$0].isAbstract }
            .sorted { allTypes[$0].name < allTypes[$1].name }.map { TypeID(rawValue: UInt16($0)) }
        let search = SearchParameterLoader(tables, names: structures.names, typeCount: allTypes.count)
        searchParameters = search.parameters
        searchParameterCodes = search.codes
        searchParametersByType = search.byType
        compartments = search.compartments
        let codes = ValueSetLoader(tables)
        valueSets = codes.valueSets
        valueSetURLs = codes.urls
        valueSetCodes = codes.codes
        valueSetSystems = codes.systems
        resourceBase = structures.typeID("Resource")
        domainResourceBase = structures.typeID("DomainResource")
    }

    // MARK: - Types

    /// Any type by name; a backbone by its path, `Patient.contact`.
    package func type(named name: String) -> TypeID? {
        names.value(name, owner: 0).map { TypeID(rawValue: UInt16($0)) }
    }

    /// A concrete resource type by name.
    package func resourceType(named name: String) -> TypeID? {
        var name = name
        return name.withUTF8 { resourceType(utf8: $0) }
    }

    /// A concrete resource type by the UTF-8 of its name; allocates nothing.
    package func resourceType(utf8 name: UnsafeBufferPointer<UInt8>) -> TypeID? {
        guard let number = names.value(name, owner: 0) else { return nil }
        let isConcrete = types[Int(number)].kind == .resource && !types[Int(number)].isAbstract
        return isConcrete ? TypeID(rawValue: UInt16(number)) : nil
    }

    package func name(of type: TypeID) -> String { types[Int(type.rawValue)].name }

    package subscript(type: TypeID) -> TypeDefinition { types[Int(type.rawValue)] }
    package subscript(element: ElementID) -> ElementDefinition { elements[Int(element.rawValue)] }

    /// The elements of a type in the standard's order, inherited ones first.
    package func elements(of type: TypeID) -> ArraySlice<ElementDefinition> {
        elements[types[Int(type.rawValue)].elements]
    }

    /// Whether `type` is `base` or derives from it.
    package func isKind(_ type: TypeID, of base: TypeID) -> Bool {
        var next: TypeID? = type
        while let current = next {
            if current == base { return true }
            next = types[Int(current.rawValue)].base
        }
        return false
    }

    // MARK: - Properties

    /// What a JSON property name means in a type: `valueQuantity` is element `value[x]` with type Quantity,
    /// `_birthDate` the companion of `birthDate`. Nil if the type has no such property. Allocates nothing.
    package func property(_ key: UnsafeBufferPointer<UInt8>, of type: TypeID) -> Property? {
        if key.first == UInt8(ascii: "_") {
            let name = UnsafeBufferPointer(rebasing: key.dropFirst())
            guard let value = properties.value(name, owner: type.rawValue), value & PropertyLoader.companion != 0
            else { return nil }
            return Self.property(value, isCompanion: true)
        }
        return properties.value(key, owner: type.rawValue).map { Self.property($0, isCompanion: false) }
    }

    /// The same for a name that is a string.
    package func property(named key: String, of type: TypeID) -> Property? {
        var key = key
        return key.withUTF8 { property($0, of: type) }
    }

    private static func property(_ value: UInt32, isCompanion: Bool) -> Property {
        Property(
            element: ElementID(rawValue: UInt16(truncatingIfNeeded: value)),
            type: TypeID(rawValue: UInt16(truncatingIfNeeded: value >> 16) & 0x7FFF), isCompanion: isCompanion)
    }

    // MARK: - Search parameters

    /// Those of the type itself and of its bases `DomainResource` and `Resource`, own ones first.
    package func searchParameters(of resource: TypeID) -> [SearchParameterDefinition] {
        bases(of: resource).flatMap { base in
            searchParametersByType[Int(base.rawValue)].map { searchParameters[$0] }
        }
    }

    /// The parameter a code means when searching a type; nil if the standard has none.
    package func searchParameter(_ code: String, of resource: TypeID) -> SearchParameterDefinition? {
        for base in bases(of: resource) {
            if let index = searchParameterCodes.value(code, owner: base.rawValue) {
                return searchParameters[Int(index)]
            }
        }
        return nil
    }

    private func bases(of resource: TypeID) -> [TypeID] {
        [resource] + [domainResourceBase, resourceBase].filter { $0 != resource && isKind(resource, of: $0) }
    }

    // MARK: - Codes

    /// The codes of a value set that a required or extensible binding names; a version behind `|` is ignored.
    /// Nil where the value set is not bound so, or cannot be enumerated offline (MIME types, UCUM, …).
    package func codes(ofValueSet url: String) -> ValueSetCodes? {
        let plain = url.utf8.firstIndex(of: UInt8(ascii: "|")).map { String(url[..<$0]) } ?? url
        return valueSetURLs.value(plain, owner: 0).map { valueSets[Int($0)] }
    }

    /// Whether an enumerable value set has `code` in any system; nil where its codes are not known.
    package func contains(_ code: UnsafeBufferPointer<UInt8>, valueSet url: String) -> Bool? {
        guard let number = valueSetURLs.value(url, owner: 0) else { return nil }
        return !code.isEmpty && valueSetCodes.value(code, owner: UInt16(number)) != nil
    }
}
