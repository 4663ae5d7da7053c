/// What a `_filter` says, before anybody knows the parameters in it (R4 search_filter.html).
///
///     name co "pet" and not (birthdate ge 2014-10-10)
///     both(test(name co pet), and, not(test(birthdate ge 2014-10-10)))
indirect enum FilterExpression: Hashable, Sendable {
    case test(FilterTest)
    case not(FilterExpression)
    case both(FilterExpression, FilterExpression)
    case either(FilterExpression, FilterExpression)
}

/// `path operator value`
struct FilterTest: Hashable, Sendable {
    enum Operator: String, Hashable, Sendable, CaseIterable {
        case eq, ne, co, sw, ew, gt, lt, ge, le, ap, sa, eb, pr, po, ss, sb, `in`, ni, re
    }

    /// One name of the path, `subject` or `subject:Patient`, with what else its target has to meet: `subject[…]`.
    struct Step: Hashable, Sendable {
        var name: String
        var filter: FilterExpression?
        /// Position of the name in the text, counted in characters from 1.
        var position: Int
    }

    /// At least one.
    var path: [Step]
    var comparison: Operator
    var value: String
    var valuePosition: Int
}
