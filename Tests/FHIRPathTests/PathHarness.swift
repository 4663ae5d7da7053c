import FHIRDefinitions
import JSONTape
import Testing

@testable import FHIRPath

/// Runs expressions in tests.
enum PathHarness {
    static let engine = FHIRPathEngine()

    /// Noon of a day in UTC.
    static let now = Temporal(millisecondsSince1970: 1_780_000_000_000, offsetMinutes: 0)

    static func evaluation(_ json: String, _ environment: Environment? = nil) throws -> Evaluation {
        var environment = environment ?? Environment()
        if environment.now == nil { environment.now = now }
        return Evaluation(try Document.parse(json), engine: engine, environment: environment)
    }

    /// The texts of what an expression gives; of elements that are no primitives their types.
    static func texts(_ expression: String, on json: String = #"{"resourceType":"Basic"}"#) throws -> [String] {
        let evaluation = try evaluation(json)
        return try evaluation.evaluate(engine.expression(expression)).map {
            evaluation.text($0) ?? evaluation.typeName($0).name
        }
    }

    /// The texts in one line.
    static func line(_ expression: String, on json: String = #"{"resourceType":"Basic"}"#) throws -> String {
        try texts(expression, on: json).joined(separator: ", ")
    }
}
