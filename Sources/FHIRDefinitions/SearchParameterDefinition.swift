/// A search parameter. https://hl7.org/fhir/R4/searchparameter.html
package struct SearchParameterDefinition: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case number, date, string, token, reference, composite, quantity, uri, special
    }

    /// How the values that the expression finds are to be understood.
    package enum Usage: String, Sendable {
        case normal, phonetic, nearby
    }

    /// One part of a composite parameter.
    package struct Component: Sendable {
        /// Position of the part's own definition in `FHIRDefinitions.searchParameters`.
        package let definition: Int
        /// FHIRPath from what the composite's expression finds.
        package let expression: String

        package init(definition: Int, expression: String) {
            self.definition = definition
            self.expression = expression
        }
    }

    /// Position in `FHIRDefinitions.searchParameters`, which is sorted by URL.
    package let index: Int
    /// The name in a search URL.
    package let code: String
    package let url: String
    package let type: Kind
    /// FHIRPath over all bases, joined by `|`; empty for `_text`, `_content`, `_query` and `_filter`.
    package let expression: String
    package let usage: Usage
    /// Types it is defined on; may be `Resource` or `DomainResource`.
    package let bases: [TypeID]
    /// Types a reference parameter may point at; empty for any.
    package let targets: [TypeID]
    package let components: [Component]
    /// As published; R4's package names them only where it does not leave them to the type.
    package let comparators: [String]
    /// As published; empty nearly everywhere in R4's package.
    package let modifiers: [String]
    package let multipleOr: Bool
    package let multipleAnd: Bool

    /// A definition made elsewhere than from the tables: a custom parameter.
    package init(
        index: Int, code: String, url: String, type: Kind, expression: String, usage: Usage = .normal,
        bases: [TypeID], targets: [TypeID] = [], components: [Component] = [], comparators: [String] = [],
        modifiers: [String] = [], multipleOr: Bool = true, multipleAnd: Bool = true
    ) {
        self.index = index
        self.code = code
        self.url = url
        self.type = type
        self.expression = expression
        self.usage = usage
        self.bases = bases
        self.targets = targets
        self.components = components
        self.comparators = comparators
        self.modifiers = modifiers
        self.multipleOr = multipleOr
        self.multipleAnd = multipleAnd
    }
}

/// A compartment. https://hl7.org/fhir/R4/compartmentdefinition.html
package struct CompartmentDefinition: Sendable {
    package struct Member: Sendable {
        package let resource: TypeID
        /// Codes of the search parameters through which a resource is in the compartment; `{def}` stands for itself.
        package let parameters: [String]
    }

    /// The type whose instances have such a compartment: `Patient`, `Encounter`, …
    package let code: String
    /// Types without a way into the compartment are left out.
    package let members: [Member]

    /// The search parameter codes that place a resource of this type in the compartment; empty if none do.
    package func parameters(for resource: TypeID) -> [String] {
        members.first { $0.resource == resource }?.parameters ?? []
    }
}

/// The codes of a value set, by system in the order defined.
package struct ValueSetCodes: Sendable {
    package struct Group: Sendable {
        package let system: String
        package let codes: [String]
    }

    /// Canonical URL without version.
    package let url: String
    package let groups: [Group]

    /// All codes, whatever their system.
    package var codes: [String] { groups.flatMap(\.codes) }

    /// Whether the code is one of the value set's in this system; in any system if nil.
    package func contains(_ code: String, system: String? = nil) -> Bool {
        groups.contains { group in (system == nil || group.system == system) && group.codes.contains(code) }
    }
}
