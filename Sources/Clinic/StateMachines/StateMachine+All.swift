extension StateMachine {
    /// Every machine that the database guards.
    package static let all: [StateMachine] =
        scheduling + [encounter, composition, document, documentStatus] + orders + medicines + money
        + [task, communication]

    /// The machine that the operations of a type follow; nil for a type without one.
    package static func of(_ typeName: String) -> StateMachine? { byType[typeName] }

    private static let byType: [String: StateMachine] = Dictionary(
        all.map { ($0.typeName, $0) },
        uniquingKeysWith: { first, second in second.element == "status" ? first : second })
}
