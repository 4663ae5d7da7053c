/// What the generator takes from the official package: the data type between reading and writing.
struct DefinitionTables: Equatable {
    /// In dependency order: a type's base stands before it.
    var types: [TypeRow] = []
    /// Sorted by identifier.
    var invariants: [InvariantRow] = []
    /// Sorted by canonical URL.
    var valueSets: [ValueSetRow] = []
    /// Sorted by canonical URL.
    var searchParameters: [SearchParameterRow] = []
    /// Sorted by code.
    var compartments: [CompartmentRow] = []
    /// Code systems, concept maps and value sets, one a line.
    var terminology: [String] = []
}

/// A primitive, data type, resource, or the content of a backbone element (named by its path).
struct TypeRow: Equatable {
    enum Kind: String {
        case primitive, complex, backbone, resource
    }

    var name: String
    var kind: Kind
    var base: String?
    var isAbstract: Bool
    /// The regular expression of a primitive's text.
    var pattern: String?
    /// Identifiers of the invariants on the type itself.
    var invariants: [String] = []
    var elements: [ElementRow] = []
}

/// One element of a snapshot.
struct ElementRow: Equatable {
    /// Last part of the path, without `[x]`.
    var name: String
    var isChoice: Bool
    var min: String
    var max: String
    var isSummary: Bool
    var isModifier: Bool
    /// Written as an attribute in XML; in JSON it takes no `_name` companion.
    var isAttribute: Bool
    var types: [TypeUse] = []
    var binding: BindingRow?
    var invariants: [String] = []
}

/// A type that an element may have.
struct TypeUse: Equatable {
    var name: String
    /// Names of the resource types a reference or canonical may point at; empty for any.
    var targets: [String] = []
    /// Canonical URLs of the profiles the value has to meet.
    var profiles: [String] = []
}

struct BindingRow: Equatable {
    var strength: String
    var valueSet: String
    var maximumValueSet: String?
}

struct InvariantRow: Equatable {
    /// The key; `key#2` where the standard gives one key to several texts.
    var identifier: String
    var severity: String
    var expression: String
    var human: String
}

struct ValueSetRow: Equatable {
    struct Group: Equatable {
        var system: String
        var codes: [String]
    }

    var url: String
    /// Nil where the package alone does not tell the codes.
    var groups: [Group]?
}

struct SearchParameterRow: Equatable {
    struct Component: Equatable {
        var definition: String
        var expression: String
    }

    var url: String
    var code: String
    var type: String
    var expression: String
    /// `normal`, `phonetic` or `nearby`.
    var usage: String
    var bases: [String]
    /// Empty for any.
    var targets: [String]
    var comparators: [String]
    var modifiers: [String]
    var multipleOr: Bool
    var multipleAnd: Bool
    var components: [Component] = []
}

struct CompartmentRow: Equatable {
    struct Member: Equatable {
        var resource: String
        /// Codes of the search parameters that place a resource in the compartment.
        var parameters: [String]
    }

    var code: String
    var members: [Member]
}
