import Clinic
import FHIRModel
import JSONTape

/// What a value means for a person: the range that it is compared with, and where it lies.
struct ResultAssessment: Sendable {
    /// Interpretation of table 0078: N, L, H, LL, HH, A; nil where it cannot be told.
    private(set) var flag: String?
    private(set) var range: Observation.ReferenceRange?

    /// - Parameter panic: limits for codes whose definition has no critical interval.
    init(
        _ value: Observation.Value, _ definition: ResultDefinition?, _ person: ResultSubject,
        panic: (low: Quantity?, high: Quantity?)?
    ) {
        guard case .quantity(let quantity) = value else { return }
        let reference = definition.flatMap { ReferenceInterval.choose($0.intervals, .reference, for: person) }
        let critical = definition.flatMap { ReferenceInterval.choose($0.intervals, .critical, for: person) }
        range = reference?.range
        let conversion = definition ?? ResultDefinition(JSONNode.emptyObject)
        let limits = critical.map { ($0.low, $0.high) } ?? panic.map { ($0.low, $0.high) }
        if let limits {
            switch Self.place(quantity, low: limits.0, high: limits.1, conversion) {
            case .below: flag = "LL"
            case .above: flag = "HH"
            case .within, nil: break
            }
        }
        guard flag == nil, let reference else { return }
        switch Self.place(quantity, low: reference.low, high: reference.high, conversion) {
        case .below: flag = "L"
        case .above: flag = "H"
        case .within: flag = "N"
        case nil: break
        }
    }

    /// A flag that something else than numbers says: of coded results.
    init(flag: String?) { self.flag = flag }

    static let criticalFlags: Set<String> = ["LL", "HH", "AA"]

    var isCritical: Bool { flag.map(Self.criticalFlags.contains) ?? false }

    /// Whether a stored observation was found critical.
    static func isCritical(_ observation: JSONNode) -> Bool {
        (observation["interpretation"]?.items ?? []).contains { concept in
            (concept["coding"]?.items ?? []).contains { criticalFlags.contains($0["code"]?.string ?? "") }
        }
    }

    private enum Place {
        case below, within, above
    }

    /// Where a quantity lies; nil where that cannot be told, as of `< 5` in a range from 3 on.
    private static func place(
        _ quantity: Quantity, low: Quantity?, high: Quantity?, _ definition: ResultDefinition
    ) -> Place? {
        guard let value = quantity.value else { return nil }
        let unit = ResultValue.unit(quantity)
        func converted(_ bound: Quantity) -> FHIRDecimal? {
            definition.convert(value, from: unit, to: ResultValue.unit(bound))
        }
        // R4 quantity-comparator: the true value is on one side of the number.
        let isUpper = quantity.comparator == "<" || quantity.comparator == "<="
        let isLower = quantity.comparator == ">" || quantity.comparator == ">="
        var isWithin = true
        if let low, let bound = low.value {
            guard let number = converted(low) else { return nil }
            if !isLower, number < bound || (number == bound && quantity.comparator == "<") { return .below }
            // Something below the number may still be below the bound.
            if isUpper || (isLower && number < bound) { isWithin = false }
        }
        if let high, let bound = high.value {
            guard let number = converted(high) else { return nil }
            if !isUpper, number > bound || (number == bound && quantity.comparator == ">") { return .above }
            if isLower || (isUpper && number > bound) { isWithin = false }
        }
        return isWithin ? .within : nil
    }
}

extension JSONNode {
    /// `{}`.
    static let emptyObject: JSONNode = {
        // Two bytes of JSON that is known to be well-formed.
        guard let document = try? Document.parse(Array("{}".utf8)) else { preconditionFailure("no JSON") }
        return JSONNode(document)
    }()
}
