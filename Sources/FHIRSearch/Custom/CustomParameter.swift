package import FHIRDefinitions

/// A search parameter of this server's own, as it is defined on one resource type (R4 searchparameter.html).
package struct CustomParameter: Hashable, Sendable {
    /// One part of a composite.
    package struct Component: Hashable, Sendable {
        package var kind: SearchParameterDefinition.Kind
        /// FHIRPath from what the composite's expression finds.
        package var expression: String

        package init(kind: SearchParameterDefinition.Kind, expression: String) {
            self.kind = kind
            self.expression = expression
        }
    }

    /// Canonical url of the SearchParameter.
    package var url: String
    /// The name in a search URL.
    package var code: String
    package var kind: SearchParameterDefinition.Kind
    /// The resource type that it searches, never an abstract one.
    package var base: TypeID
    package var expression: String
    /// Types a reference may point at; empty for any.
    package var targets: [TypeID]
    package var components: [Component]

    package init(
        url: String, code: String, kind: SearchParameterDefinition.Kind, base: TypeID, expression: String,
        targets: [TypeID] = [], components: [Component] = []
    ) {
        self.url = url
        self.code = code
        self.kind = kind
        self.base = base
        self.expression = expression
        self.targets = targets
        self.components = components
    }

    /// As a parameter of a type's index; its position is that of no definition of the standard.
    var definition: SearchParameterDefinition {
        SearchParameterDefinition(
            index: -1, code: code, url: url, type: kind, expression: expression, bases: [base], targets: targets)
    }
}

extension SearchParameterDefinition {
    /// Whether the definition is none of the standard's.
    package var isCustom: Bool { index < 0 }
}

/// The custom parameters that are in force, as one state of the database has them.
package struct CustomParameterSet: Hashable, Sendable {
    /// A parameter with what is known of its entries.
    package struct Member: Hashable, Sendable {
        package var parameter: CustomParameter
        /// Since when writes index it; part of its keys, so that what an earlier definition left behind is never found.
        package var generation: Int64
        /// Whether every resource of the type has its entries.
        package var isActive: Bool
        /// Logical id of the SearchParameter that defines it.
        package var resourceID: String

        package init(_ parameter: CustomParameter, generation: Int64, isActive: Bool, resourceID: String = "") {
            self.resourceID = resourceID
            self.parameter = parameter
            self.generation = generation
            self.isActive = isActive
        }
    }

    /// What a write has to index: grows whenever a parameter is added.
    package var generation: Int64 = 0
    /// What a search may use: grows with every change of the set.
    package var revision: Int64 = 0
    package var members: [Member] = []

    package init() {}
}
