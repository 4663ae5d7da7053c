import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /fhir/$payment-provider-set`: agrees with a provider of payments on a secret. It is never shown again.
struct SetPaymentProvider: ClinicOperation {
    private static let leastSecretLength = 16

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "payment-provider-set", level: .system, affectsState: true,
            documentation: "Lets a provider of payments tell us of them, at /webhooks/payments/{name}.",
            roles: [.superadmin], events: [],
            parameters: [
                .init(.input, "name", 1, 1, "code", "The provider's name in the address of its webhook."),
                .init(.input, "secret", 0, 1, "string", "What it signs with, of 16 characters or more; kept if none."),
                .init(.input, "method", 0, 1, "code", "How its money comes where it does not say. Default card."),
                .init(.input, "tolerance", 0, 1, "positiveInt", "Seconds that a signed time may differ. Default 300."),
                .init(.input, "active", 0, 1, "boolean", "Whether it may tell us anything. Default true."),
                .init(.output, "name", 1, 1, "code", "The provider's name."),
                .init(.output, "method", 1, 1, "code", "How its money comes."),
                .init(.output, "tolerance", 1, 1, "positiveInt", "Seconds that a signed time may differ."),
                .init(.output, "active", 1, 1, "boolean", "Whether it may tell us anything."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let given = work.parameters
        let name = given.text("name") ?? ""
        let isName = !name.isEmpty && name.utf8.count <= 64 && name.utf8.allSatisfy(Self.isNameByte)
        guard isName else {
            throw OperationParameters.invalid(
                "a name has letters, digits and hyphens only", at: given.place(of: "name"))
        }
        let secret = given.text("secret")
        if let secret, !(Self.leastSecretLength...512).contains(secret.utf8.count) {
            throw OperationParameters.invalid("a secret has 16 to 512 characters", at: given.place(of: "secret"))
        }
        var parameters = SQLParameters()
        parameters.append(text: name)
        parameters.append(text: secret)
        parameters.append(text: given.has("method") ? try PaymentMethod.code(given) : nil)
        parameters.append(int64: given.integer("tolerance").map { Int64(min($0, 86_400)) })
        parameters.append(text: given.has("active") ? (given.bool("active") ? "true" : "false") : nil)
        parameters.append(text: work.call.caller)
        let rows = try await work.transaction.session.query(Self.write, parameters)
        guard rows.rowCount > 0 else {
            throw OperationParameters.invalid("a provider that is new has a secret", at: given.place(of: "name"))
        }
        var answer = ParametersWriter()
        answer.add("name", code: name)
        answer.add("method", code: rows.string(0, 0) ?? "")
        answer.add("tolerance", "PositiveInt") { $0.number(Int(rows.int64(0, 1) ?? 0)) }
        answer.add("active", boolean: rows.string(0, 2) == "true")
        return ClinicAnswer(answer)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
    }

    private static let write = SQLStatement(
        """
        INSERT INTO money_provider AS p (name, secret, method, tolerance, active, actor)
        SELECT $1::text, coalesce($2::text, (SELECT secret FROM money_provider WHERE name = $1::text)),
          coalesce($3::text, 'card'), coalesce($4::int8, 300), coalesce($5::text::boolean, true), $6::text
        WHERE $2::text IS NOT NULL OR EXISTS (SELECT FROM money_provider WHERE name = $1::text)
        ON CONFLICT (name) DO UPDATE SET
          secret = coalesce($2::text, p.secret), method = coalesce($3::text, p.method),
          tolerance = coalesce($4::int8, p.tolerance), active = coalesce($5::text::boolean, p.active),
          actor = excluded.actor, updated = now()
        RETURNING method, tolerance, active::text
        """)
}
