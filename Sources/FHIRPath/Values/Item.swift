/// One value of a collection: an element, or a value of one of the system's own types (FHIRPath 2.0 §2.1).
package enum Item: Sendable {
    case node(Node)
    case boolean(Bool)
    case integer(Int)
    case string(String)
    indirect case decimal(ExactDecimal)
    indirect case temporal(Temporal)
    indirect case quantity(Quantity)
    /// What `type()` gives (FHIRPath 2.0 §10).
    indirect case type(TypeName)

    /// The system type of a value; nil for elements.
    package var systemType: SystemType? {
        switch self {
        case .node, .type: nil
        case .boolean: .boolean
        case .integer: .integer
        case .string: .string
        case .decimal: .decimal
        case .quantity: .quantity
        case .temporal(let value):
            switch value.kind {
            case .date: .date
            case .dateTime: .dateTime
            case .time: .time
            }
        }
    }
}

/// The types of FHIRPath itself.
package enum SystemType: String, Sendable, CaseIterable {
    case boolean = "Boolean"
    case integer = "Integer"
    case decimal = "Decimal"
    case string = "String"
    case date = "Date"
    case dateTime = "DateTime"
    case time = "Time"
    case quantity = "Quantity"
}

/// A type's name with its namespace, `System` or `FHIR`.
package struct TypeName: Hashable, Sendable {
    package var namespace: String
    package var name: String
}
