/// One alternative of a search parameter's expression, parsed but not yet bound to a type.
///
///     (Observation.value as Quantity)                  root Observation, member value, narrowed Quantity
///     Patient.telecom.where(system='phone')            root Patient, member telecom, filter system = phone
///     Account.subject.where(resolve() is Patient)      root Account, member subject, filter refers to Patient
struct SearchPath: Hashable, Sendable {
    enum Root: Hashable, Sendable {
        /// The expression starts at the context: a resource for parameters, an element for components.
        case context
        /// A type's name opened the path.
        case type(String)
        /// `%resource`: the resource, whatever the context.
        case resource
    }

    enum Step: Hashable, Sendable {
        case member(String)
        /// `as X`, `.as(X)`, `.ofType(X)`
        case narrowed(String)
        /// `where(name='literal')`
        case memberEquals(String, String)
        /// `where(resolve() is X)`
        case refersTo(String)
        /// `where(hasExtension('url'))`
        case hasExtension(String)
        /// `extension('url')`
        case extensionWith(String)
        /// `[n]`
        case index(Int)
    }

    var root: Root
    var steps: [Step]
    /// `X.exists() and X != false`: always yields one boolean, true if the element has any value but false.
    var isExistsAndNotFalse = false
}
