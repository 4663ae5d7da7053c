import FHIRDefinitions
import JSONTape

/// What a selection set is applied to.
enum GraphQLFocus {
    /// The whole server: `Patient(id:)`, `PatientList`, `PatientConnection`.
    case system
    /// A resource or an element of one.
    case element(GraphQLElement)
    /// `PatientConnection`, with the type searched.
    case connection(GraphQLSource.Page, TypeID)
    /// One of its edges.
    case edge(GraphQLElement)
}

/// A value inside a resource.
struct GraphQLElement {
    var node: JSONNode
    var type: TypeID
    /// The resource that it is part of.
    var resource: JSONNode
    var resourceType: TypeID
}
