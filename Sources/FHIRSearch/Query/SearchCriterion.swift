package import FHIRDefinitions

/// One condition of a search; a request's criteria all have to hold.
///
///     subject:Patient.name=peter       chain(subject → Patient: parameter(name, [peter]))
///     _has:Observation:patient:code=x  has(Observation.patient: parameter(code, [x]))
///     _filter=a eq 1 or b eq 2         any([parameter(a, [1]), parameter(b, [2])])
package indirect enum SearchCriterion: Sendable {
    case parameter(ParameterCriterion)
    /// The resource refers by the parameter to one that meets the inner criterion, in any of the ways.
    case chain(ParameterIndex, [ChainTarget])
    /// A resource of the type refers by the parameter to this one, and meets the inner criterion.
    case has(TypeID, ParameterIndex, SearchCriterion)
    /// One of these List resources names the resource as an item; yet to be looked up.
    case list([String])
    /// What `_filter` is made of.
    case all([SearchCriterion])
    case any([SearchCriterion])
    case not(SearchCriterion)

    package struct ChainTarget: Sendable {
        package var type: TypeID
        package var criterion: SearchCriterion
    }
}

/// A parameter of the type itself with the values to look for, any of which will do.
package struct ParameterCriterion: Sendable {
    package enum Modifier: Hashable, Sendable {
        case none, exact, contains, not, identifier, text, ofType, above, below
        /// `:in`, `:not-in`
        case inValueSet, notInValueSet
        /// `:missing=true` or `=false`
        case missing(Bool)
        /// Operators of `_filter` that no modifier expresses: text as a whole, its end, its order.
        case equals, unequal, endsWith
        case ordered(SearchPrefix)

        /// Whether values say which resources do not match.
        package var isNegated: Bool { self == .not || self == .notInValueSet }
    }

    package var parameter: ParameterIndex
    package var modifier: Modifier
    package var values: [SearchValue]
}
